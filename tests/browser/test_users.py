"""Users in a browser, with and without scripts: the list, bulk actions, and one user's page."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acme import Acme, section

pytestmark = pytest.mark.browser
PENDING = "viktor.popov@acme.example"  # pending, and no other test signs this user in


def test_an_admin_finds_a_pending_user_and_assigns_a_space(
    acme: Acme, alice: Page, request: pytest.FixtureRequest
) -> None:
    waiting = f"waiting.{'plain' if 'no scripts' in request.node.name else 'quick'}@acme.example"
    acme.command("create_user", "Acme", waiting)
    alice.goto(acme.product)
    alice.get_by_role("navigation", name="Sections").get_by_role("link", name="Users").click()
    alice.get_by_role("link", name="Pending (").click()
    expect(alice.get_by_role("row").filter(has_text="alice@acme.example")).to_have_count(0)
    alice.get_by_label(f"Select {waiting}").check()
    selected = alice.get_by_role("group", name="Selected users")
    selected.get_by_label("Space", exact=True).fill("QA")
    selected.get_by_label("Space role").select_option("Space Developer")
    selected.get_by_role("button", name="Assign to space").click()
    expect(alice.get_by_role("status")).to_contain_text("QA as Space Developer")
    alice.get_by_role("link", name=waiting).click()
    expect(section(alice, "Spaces").get_by_role("row").filter(has_text="QA")).to_contain_text("added by hand")
    section(alice, "Spaces").get_by_role("button", name="Remove from space QA").click()
    alice.get_by_role("button", name="Remove").click()
    expect(section(alice, "Spaces")).to_contain_text("No spaces yet")


def test_somebody_is_created_deprovisioned_and_restored(
    acme: Acme, alice: Page, request: pytest.FixtureRequest
) -> None:
    email = f"new.{'plain' if 'no scripts' in request.node.name else 'quick'}@acme.example"
    alice.goto(f"{acme.product}/users")
    alice.get_by_role("link", name="New user").click()
    alice.get_by_label("Email").fill(email)
    alice.get_by_role("button", name="Create user").click()
    expect(alice.get_by_role("status")).to_contain_text("pending until their first SSO login")
    alice.get_by_role("button", name="Deprovision").click()
    expect(alice.get_by_role("heading", name=f"Deprovision {email}?")).to_be_visible()
    alice.get_by_role("button", name="Deprovision").click()
    expect(alice.get_by_role("status")).to_contain_text(f"{email} deprovisioned.")
    alice.get_by_role("button", name="Restore").click()
    expect(alice.get_by_role("status")).to_contain_text("restored as Account Member")


def test_several_are_deprovisioned_after_a_question(acme: Acme, alice: Page, request: pytest.FixtureRequest) -> None:
    way = "plain" if "no scripts" in request.node.name else "quick"
    for number in (1, 2):
        acme.command("create_user", "Acme", f"former.{way}{number}@acme.example")
    alice.goto(f"{acme.product}/users?q=former.{way}")
    for number in (1, 2):
        alice.get_by_label(f"Select former.{way}{number}@acme.example").check()
    alice.get_by_role("button", name="Deprovision").click()
    expect(alice.get_by_role("heading", name="Deprovision 2 users?")).to_be_visible()
    alice.get_by_role("button", name="Deprovision").click()
    expect(alice.get_by_role("status")).to_contain_text("2 users deprovisioned.")


def test_the_list_is_downloaded(acme: Acme, alice: Page) -> None:
    alice.goto(f"{acme.product}/users?state=pending")
    with alice.expect_download() as download:
        alice.get_by_role("link", name="Export CSV").click()
    text = download.value.path().read_text()
    assert PENDING in text
    assert "alice@acme.example" not in text


def test_a_search_needs_no_click_where_there_are_scripts(acme: Acme, alice_with_scripts: Page) -> None:
    alice_with_scripts.goto(f"{acme.product}/users")
    alice_with_scripts.get_by_label("Search").press_sequentially("petra")
    alice_with_scripts.wait_for_url("**/users?q=petra*")
    expect(alice_with_scripts.get_by_role("row").filter(has_text="alice@acme.example")).to_have_count(0)


def test_one_box_ticks_all_where_there_are_scripts(acme: Acme, alice_with_scripts: Page) -> None:
    alice_with_scripts.goto(f"{acme.product}/users?state=pending")
    alice_with_scripts.get_by_label("Select all on this page").check()
    expect(alice_with_scripts.get_by_label(f"Select {PENDING}")).to_be_checked()
    expect(alice_with_scripts.get_by_text("selected", exact=False).first).to_be_visible()
