"""Enforcing SSO in a real browser, from the test login to the day the identity provider is broken."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.acme import Acme

pytestmark = pytest.mark.browser

MEMBER, PASSWORD = "kim@acme.example", "correct horse battery staple"


@pytest.fixture
def member(acme: Acme) -> str:
    """Somebody who logs in with a password."""
    received = replace(acme, environment={**acme.environment, "KIM_PASSWORD": PASSWORD})
    known = subprocess.run([sys.executable, "manage.py", "show_user", "Acme", MEMBER], env=received.environment)
    if known.returncode:
        received.command("create_user", "Acme", MEMBER, "--password-env", "KIM_PASSWORD")
    return MEMBER


@pytest.fixture
def broken_idp(acme: Acme) -> Iterator[None]:
    """Nobody can sign in through it; afterwards all is as it was, whatever the test did."""
    set_connections(acme, "disabled")
    yield
    acme.command("recover_admin", "Acme")
    set_connections(acme, "live")


def set_connections(acme: Acme, state: str) -> None:
    code = f"from accounts.models import Connection; Connection.objects.update(state='{state}')"
    subprocess.run([sys.executable, "manage.py", "shell", "-c", code], env=acme.environment, check=True)


@contextmanager
def somebody_else(page: Page) -> Iterator[Page]:
    """A page of a browser that has never been here."""
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(locale="en-GB", java_script_enabled=True)
    yield context.new_page()
    context.close()


def log_in(acme: Acme, page: Page, email: str, password: str) -> None:
    page.goto(f"{acme.product}/login")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in", exact=True).click()


def use_code(acme: Acme, page: Page, code: str) -> None:
    page.goto(f"{acme.product}/login")
    page.get_by_role("link", name="Use a recovery code").click()
    page.get_by_label("Email").fill("alice@acme.example")
    page.get_by_label("Recovery code").fill(code)
    page.get_by_role("button", name="Log in", exact=True).click()


def enforce(acme: Acme, alice: Page, *, without_scripts: bool = False) -> list[str]:
    """By what the pages say; gives the recovery codes."""
    alice.goto(f"{acme.product}/sso/enforcement")
    alice.get_by_role("link", name="Test login of Okta").click()
    alice.get_by_role("button", name="Bob Ek").click()
    alice.get_by_role("button", name="Send", exact=True).click()
    if without_scripts:
        alice.get_by_role("button", name="Continue").click()
    expect(alice.get_by_role("main")).to_contain_text("test passed")
    alice.goto(f"{acme.product}/sso/enforcement")
    expect(alice.get_by_role("main")).to_contain_text("Tested with the current settings.")
    alice.get_by_role("button", name="Enforce SSO…").click()
    expect(alice.get_by_role("main")).to_contain_text(MEMBER)
    alice.get_by_role("button", name="Enforce SSO", exact=True).click()
    codes = (alice.locator("#recovery-codes").text_content() or "").split()
    assert len(codes) == 10
    return codes


def test_from_the_test_login_to_the_recovery(
    acme: Acme, alice: Page, member: str, request: pytest.FixtureRequest
) -> None:
    codes = enforce(acme, alice, without_scripts=request.node.callspec.params["alice"] == "no scripts")
    with somebody_else(alice) as page:
        log_in(acme, page, member, PASSWORD)
        expect(page.get_by_role("alert")).to_contain_text("Incorrect email or password")
    request.getfixturevalue("broken_idp")
    with somebody_else(alice) as page:
        use_code(acme, page, codes[0])
        expect(page.get_by_role("status")).to_contain_text("9 codes are left")
    with somebody_else(alice) as page:
        use_code(acme, page, codes[0])
        expect(page.get_by_role("alert")).to_contain_text("Incorrect email or recovery code")
    with somebody_else(alice) as page:
        page.goto(acme.command("recover_admin", "Acme")["login_url"])
        page.get_by_role("button", name="Log in").click()
        expect(page).to_have_url(f"{acme.product}/")
    with somebody_else(alice) as page:
        log_in(acme, page, member, PASSWORD)
        expect(page).to_have_url(f"{acme.product}/")


def test_everybody_can_keep_the_codes(acme: Acme, alice_with_scripts: Page, member: str) -> None:
    try:
        enforce(acme, alice_with_scripts)
        assert_accessible(alice_with_scripts)
        alice_with_scripts.get_by_role("link", name="I have stored the codes").click()
        expect(alice_with_scripts).to_have_url(f"{acme.product}/sso/enforcement")
        assert_accessible(alice_with_scripts)
    finally:
        acme.command("recover_admin", "Acme")
