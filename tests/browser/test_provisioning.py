"""Provisioning, API tokens and the audit log in a real browser, with and without scripts."""

import json
import urllib.request
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.acme import Acme
from tests.support.secrets_in_logs import secret

pytestmark = pytest.mark.browser
_numbers = count(1)


def token_shown(page: Page) -> str:
    expect(page.get_by_role("heading", name="Copy your token now")).to_be_visible()
    return secret(page.locator("#token").inner_text())


def announce(acme: Acme, token: str, user_name: str) -> None:
    """As Okta does it."""
    body = {"userName": user_name, "emails": [{"value": user_name, "primary": True}], "active": True}
    headers = {
        "Authorization": token,
        "Content-Type": "application/scim+json",
        "User-Agent": "Okta SCIM Client 1.0.0",
    }
    address = f"{acme.product}/api/scim/Users"
    request = urllib.request.Request(address, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 201


def new_service_token(acme: Acme, page: Page) -> tuple[str, str]:
    """Its name and text."""
    name = f"Okta {next(_numbers)}"
    page.goto(f"{acme.product}/provisioning")
    summary = page.get_by_text("New token of the account")
    if not page.get_by_label("Name").is_visible():
        summary.click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Create token").click()
    return name, token_shown(page)


def test_an_admin_connects_an_identity_provider_and_sees_what_it_does(acme: Acme, alice: Page) -> None:
    _, token = new_service_token(acme, alice)
    person = f"nora{next(_numbers)}@acme.example"
    announce(acme, token, person)
    alice.get_by_role("link", name="I have copied the token").click()
    alice.get_by_role("link", name="Requests").click()
    line = alice.get_by_role("row").filter(has_text=f"Okta created {person}")
    for _ in range(20):  # the log is written within a second
        if line.count():
            break
        alice.wait_for_timeout(200)
        alice.reload()
    line.get_by_role("link").click()
    alice.get_by_text("What was sent").click()
    expect(alice.get_by_label("What was sent")).to_contain_text(f'"userName": "{person}"')


def test_an_admin_revokes_a_token_after_a_question(acme: Acme, alice: Page) -> None:
    name, _ = new_service_token(acme, alice)
    alice.goto(f"{acme.product}/provisioning")
    alice.get_by_role("row").filter(has_text=name).get_by_role("button").click()
    expect(alice.get_by_text("was never used")).to_be_visible()
    alice.get_by_role("button", name="Revoke").click()
    expect(alice.get_by_role("status").first).to_contain_text(f"Token '{name}' revoked.")
    expect(alice.get_by_role("row").filter(has_text=name)).to_have_count(0)


def test_a_person_creates_a_token_of_their_own(acme: Acme, alice: Page) -> None:
    name = f"Script {next(_numbers)}"
    alice.goto(f"{acme.product}/tokens")
    alice.get_by_label("Name", exact=True).fill(name)
    alice.get_by_label("View Audit Log").check()
    alice.get_by_role("button", name="Create token").click()
    token_shown(alice)
    alice.goto(f"{acme.product}/profile")
    expect(alice.get_by_role("row").filter(has_text=name)).to_contain_text("View Audit Log")


def test_an_admin_finds_who_did_what(acme: Acme, alice: Page) -> None:
    alice.goto(f"{acme.product}/audit")
    alice.get_by_label("Target").fill("petra@")
    alice.get_by_role("button", name="Search", exact=True).click()
    expect(alice.get_by_text("Created petra@acme.example", exact=True)).to_be_visible()
    expect(alice.get_by_text("Created alice@acme.example", exact=True)).to_have_count(0)


def test_a_copy_takes_one_press(acme: Acme, alice_with_scripts: Page) -> None:
    alice_with_scripts.context.grant_permissions(["clipboard-read", "clipboard-write"])
    alice_with_scripts.goto(f"{acme.product}/provisioning")
    alice_with_scripts.get_by_role("button", name="Copy base URL", exact=True).click()
    copied = alice_with_scripts.evaluate("navigator.clipboard.readText()")
    assert copied == f"{acme.product}/api/scim"


def test_the_scim_test_is_run_and_shows_each_request(acme: Acme, alice: Page) -> None:
    alice.goto(f"{acme.product}/provisioning")
    alice.get_by_role("link", name="SCIM test").click()
    alice.get_by_role("button", name="Run the SCIM test").click()
    expect(alice.get_by_text("Every answer is what both providers expect.")).to_be_visible()
    alice.get_by_text("Reactivate").click()
    expect(alice.get_by_label("Answer: Reactivate")).to_contain_text('"active": true')


def test_the_scim_test_is_accessible(acme: Acme, alice_with_scripts: Page) -> None:
    alice_with_scripts.goto(f"{acme.product}/provisioning/self-test")
    assert_accessible(alice_with_scripts)
    alice_with_scripts.get_by_role("button", name="Run the SCIM test").click()
    expect(alice_with_scripts.get_by_role("button", name="Run it again")).to_be_visible()
    assert_accessible(alice_with_scripts)
