"""Roles in a real browser, with and without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.acme import Acme

pytestmark = pytest.mark.browser


def test_an_admin_makes_a_role_from_a_template_changes_it_and_deletes_it(acme: Acme, alice: Page) -> None:
    alice.goto(acme.product)
    alice.get_by_role("navigation", name="Sections").get_by_role("link", name="Roles").click()
    alice.get_by_role("link", name="New space role").click()
    alice.get_by_label("Start from").select_option("Space Developer")
    alice.get_by_role("button", name="Use its permissions").click()
    expect(alice.get_by_label("Develop Blueprints")).to_be_checked()
    alice.get_by_label("Name").fill("Reviewer")
    alice.get_by_label("Launch Environments").uncheck()
    alice.get_by_role("button", name="Create role").click()
    expect(alice.get_by_role("heading", name="Reviewer")).to_be_visible()

    alice.get_by_role("link", name="Edit").click()
    alice.get_by_label("Description").fill("Looks at blueprints")
    alice.get_by_role("button", name="Save").click()
    expect(alice.get_by_text("Looks at blueprints")).to_be_visible()
    alice.get_by_role("link", name="Delete").click()
    alice.get_by_role("button", name="Delete role").click()
    expect(alice.get_by_role("status")).to_have_text("Role Reviewer deleted.")


def test_two_roles_are_compared(acme: Acme, alice: Page) -> None:
    alice.goto(f"{acme.product}/roles")
    for role in ("Space Member", "Space Admin"):
        alice.get_by_label(role).check()
    alice.get_by_role("button", name="Compare space roles").click()
    expect(alice.get_by_role("row").filter(has_text="Develop Blueprints")).to_contain_text("differs")
    expect(alice.get_by_role("row").filter(has_text="View Space")).not_to_contain_text("differs")


def test_everybody_can_compare(acme: Acme, alice_with_scripts: Page) -> None:
    page = alice_with_scripts
    page.goto(f"{acme.product}/roles")
    page.get_by_label("Account Admin").check()
    page.get_by_label("Account Member").check()
    page.get_by_role("button", name="Compare account roles").click()
    expect(page).to_have_url(re.compile("/compare"))
    assert_accessible(page)
