"""What the stand-in is for: change an attribute, send it, and read what the product made of it."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acme import Acme, row, section

pytestmark = pytest.mark.browser
LAST_LOGINS = "Your latest SSO logins"


def test_an_unknown_space_is_shown_in_a_sentence(acme: Acme, page: Page) -> None:
    acme.choose(page, "Okta", "Fatima Haddad")
    page.get_by_label("space_name", exact=True).fill("Trial,Lemuria")
    acme.send(page)
    expect(section(page, LAST_LOGINS)).to_contain_text("Lemuria")
    expect(row(page, "Your spaces", "Trial")).to_be_visible()


def test_a_second_login_is_heard(acme: Acme, page: Page) -> None:
    acme.sign_in(page, "Okta", "Erik Olsen")
    page.get_by_role("button", name="Log out").click()
    acme.choose(page, "Okta", "Erik Olsen")
    page.get_by_label("space_role", exact=True).fill("Space Admin")
    page.get_by_label("firstName", exact=True).fill("Eirik")
    acme.send(page)
    expect(page.get_by_role("heading", name="Eirik Olsen")).to_be_visible()
    expect(row(page, "Your spaces", "QA")).to_contain_text("Space Admin")


def test_a_bad_time_zone_is_shown_in_a_sentence(acme: Acme, page: Page) -> None:
    acme.sign_in(page, "Okta", "Gus Grant")
    expect(section(page, LAST_LOGINS)).to_contain_text("Mars/Olympus")


def test_no_groups_are_no_groups(acme: Acme, page: Page) -> None:
    acme.choose(page, "Azure", "Dana Diaz")
    page.get_by_label("groups", exact=True).fill("")
    acme.send(page)
    expect(section(page, "Your groups")).to_contain_text("No groups yet")


def test_a_row_can_be_added_and_removed(acme: Acme, page: Page) -> None:
    acme.choose(page, "Okta", "Bob Ek")
    page.get_by_role("button", name="Add a row").click()
    page.get_by_label("Name of row 8").fill("department")
    page.get_by_role("button", name="Remove row 7").click()
    expect(page.get_by_label("department", exact=True)).to_be_visible()
    expect(page.get_by_label("timezone", exact=True)).to_have_count(0)


def test_an_attribute_ticked_to_be_left_out_does_not_arrive(acme: Acme, page: Page) -> None:
    acme.choose(page, "Okta", "Gus Grant")
    page.get_by_label("Leave out row 1").check()
    page.get_by_label("Subject (NameID)").fill("gus-without-mail")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="You could not be signed in")).to_be_visible()
