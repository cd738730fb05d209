"""Ten people of a company move from Okta to Azure and back, in a real browser."""

from uuid import NAMESPACE_URL, uuid5

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.acme import Acme
from tests.browser.test_every_page import WIDTHS, assert_it_fits

pytestmark = pytest.mark.browser
TEN = [f"mover{number}@acme.example" for number in range(10)]


def log_in(acme: Acme, chromium: Browser, connection: str, email: str) -> str:
    """The id of the user who is signed in then. The provider sends Hana with this e-mail, and a subject of it."""
    context = chromium.new_context(locale="en-GB")
    page = context.new_page()
    acme.choose(page, connection, "Hana Sato")
    page.get_by_label("Subject").fill(str(uuid5(NAMESPACE_URL, f"{connection} {email}")))
    page.get_by_label("email", exact=True).fill(email)
    if connection != "Okta":
        page.get_by_label("preferred_username", exact=True).fill(email)
    acme.send(page)
    context.close()
    user: str = acme.show_user(email)["id"]
    return user


def log_in_all(acme: Acme, chromium: Browser, connection: str) -> list[str]:
    return [log_in(acme, chromium, connection, email) for email in TEN]


def move_page(acme: Acme, alice: Page) -> Page:
    alice.goto(f"{acme.product}/sso")
    alice.get_by_role("link", name="Azure", exact=True).click()
    alice.get_by_role("link", name="Move users", exact=True).click()
    return alice


def test_ten_people_move_and_come_back(acme: Acme, chromium: Browser, alice_with_scripts: Page) -> None:
    before = log_in_all(acme, chromium, "Okta")
    page = move_page(acme, alice_with_scripts)
    expect(page.get_by_role("heading", name="Preview:")).to_be_visible()
    assert_accessible(page)
    for width in WIDTHS:
        assert_it_fits(page, width)
    page.get_by_role("button", name="Start the move").click()
    page.get_by_role("button", name="Start the move").click()
    expect(page.get_by_role("heading", name="Moved 0 of")).to_be_visible()
    assert log_in_all(acme, chromium, "Azure") == before
    page.reload()
    expect(page.get_by_role("heading", name="Moved 10 of")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Go back to Okta").click()
    page.get_by_role("button", name="Go back to Okta").click()
    expect(page.get_by_role("main")).to_contain_text("Users sign in through Okta again: 10 users unlinked")
    assert log_in_all(acme, chromium, "Okta") == before
