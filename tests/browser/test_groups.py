"""Groups in a real browser, with and without scripts."""

import re
from itertools import count

import pytest
from playwright.sync_api import Browser, Page, expect

from demo.company import EVERYONE
from tests.browser.acme import Acme

pytestmark = pytest.mark.browser
_numbers = count(1)


@pytest.fixture(scope="module")
def bob_logged_in(acme: Acme, chromium: Browser) -> None:
    """Okta has named Bob's groups: Developers, and one that no group here stands for."""
    context = chromium.new_context(locale="en-GB")
    acme.sign_in(context.new_page(), "Okta", "Bob Ek")
    context.close()


@pytest.mark.usefixtures("bob_logged_in")
def test_a_group_is_made_from_what_a_login_carried(acme: Acme, alice: Page) -> None:
    name = f"Everyone {next(_numbers)}"
    alice.goto(f"{acme.product}/groups")
    alice.get_by_role("link", name="New group").click()
    alice.get_by_label("Name").fill(name)
    alice.get_by_role("button", name=f"Use {EVERYONE}").click()
    expect(alice.get_by_label("IdP identifier")).to_have_value(EVERYONE)
    expect(alice.get_by_role("status")).to_contain_text("Saving adds 1 user at their next login.")
    alice.get_by_role("button", name="Save").click()
    expect(alice.get_by_role("heading", name=name)).to_be_visible()
    alice.get_by_label("Space", exact=True).fill("QA")
    alice.get_by_label("Space role").select_option("Space Developer")
    alice.get_by_role("button", name="Add").click()
    expect(alice.get_by_role("row").filter(has_text="Space Developer")).to_contain_text("QA")
    delete(alice, name)


@pytest.mark.usefixtures("bob_logged_in")
def test_people_are_added_and_removed_by_hand_but_for_the_providers_own(acme: Acme, alice: Page) -> None:
    alice.goto(f"{acme.product}/groups")
    alice.get_by_role("link", name="Developers", exact=True).click()
    alice.get_by_role("link", name="Users", exact=True).last.click()
    expect(alice.get_by_role("row").filter(has_text="bob@acme.example")).to_contain_text("by connection Okta")
    expect(alice.get_by_role("button", name="Remove bob@acme.example")).to_have_count(0)
    alice.get_by_label("Emails").fill("alice@acme.example")
    alice.get_by_role("button", name="Add").click()
    expect(alice.get_by_role("main")).to_contain_text("1 user added to Developers.")
    alice.get_by_role("button", name="Remove alice@acme.example").click()
    alice.get_by_role("button", name="Remove", exact=True).click()
    expect(alice.get_by_role("main")).to_contain_text("alice@acme.example removed from Developers.")


@pytest.mark.usefixtures("bob_logged_in")
def test_an_identifier_shows_what_it_does_while_it_is_typed(acme: Acme, alice_with_scripts: Page) -> None:
    page = alice_with_scripts
    page.goto(f"{acme.product}/groups")
    page.get_by_role("link", name="Developers", exact=True).click()
    page.get_by_label("IdP identifier").fill("nobody-has-this")
    expect(page.get_by_role("status")).to_contain_text(re.compile(r"adds no users and removes \d+ users at their next"))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading")).to_contain_text("Change the IdP identifier of Developers?")
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_label("IdP identifier")).not_to_have_value("nobody-has-this")


def delete(page: Page, name: str) -> None:
    page.get_by_role("button", name="Delete group").click()
    expect(page.get_by_role("heading")).to_contain_text(f"Delete group {name}?")
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text(f"Group {name} deleted.")
