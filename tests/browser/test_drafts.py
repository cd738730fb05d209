"""Changing a live connection in a real browser, with and without scripts: edit, test, publish."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.acme import Acme, section

pytestmark = pytest.mark.browser
DRAFT = "You are viewing a draft draft"


def test_an_admin_edits_tests_and_publishes(acme: Acme, alice: Page, request: pytest.FixtureRequest) -> None:
    scripts = request.node.callspec.params["alice"] != "no scripts"
    name = "zoneinfo" if scripts else "zoneinfo_too"
    alice.goto(f"{acme.product}/sso")
    alice.get_by_role("link", name="Okta", exact=True).click()
    alice.get_by_role("link", name="Attribute names", exact=True).click()
    alice.get_by_label("Time zone").fill(name)
    alice.get_by_role("button", name="Save", exact=True).click()
    draft = section(alice, DRAFT)
    expect(draft.get_by_role("row", name="Time zone")).to_contain_text(name)
    expect(draft).to_contain_text("No test of exactly this draft has passed.")
    if scripts:
        assert_accessible(alice)
    alice.get_by_role("link", name="Test the draft").click()
    alice.get_by_role("button", name="Bob Ek").click()
    alice.get_by_role("button", name="Send", exact=True).click()
    if not scripts:
        alice.get_by_role("button", name="Continue").click()
    expect(alice.get_by_role("main")).to_contain_text("test passed")
    alice.goto(f"{acme.product}/sso")
    alice.get_by_role("link", name="Okta", exact=True).click()
    expect(alice.get_by_role("main")).to_contain_text("This draft passed a test.")
    alice.get_by_role("button", name="Publish").click()
    alice.get_by_role("button", name="Publish").click()
    expect(alice.get_by_role("main")).to_contain_text("Draft published")
    expect(alice.get_by_role("main")).not_to_contain_text("You are viewing a draft")


def test_a_draft_is_discarded(acme: Acme, alice_with_scripts: Page) -> None:
    page = alice_with_scripts
    page.goto(f"{acme.product}/sso")
    page.get_by_role("link", name="Azure", exact=True).click()
    page.get_by_role("link", name="Attribute names", exact=True).click()
    page.get_by_label("Time zone").fill("wrong")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Discard").click()
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_role("main")).to_contain_text("Live settings are unchanged.")
