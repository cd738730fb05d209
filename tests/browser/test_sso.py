"""Connecting an identity provider in a real browser, with and without scripts, from nothing to a live connection."""

import pytest
from playwright.sync_api import Page, expect

from demo.faces import OKTA_SAML
from tests.browser.accessibility import assert_accessible
from tests.browser.acme import Acme, section
from tests.browser.test_every_page import WIDTHS, assert_it_fits

pytestmark = pytest.mark.browser


@pytest.fixture
def draft(acme: Acme, alice: Page) -> Page:
    """The page of a new draft, where both sides' values are."""
    return begin(acme, alice, "Second Okta")


def begin(acme: Acme, page: Page, name: str) -> Page:
    page.goto(f"{acme.product}/sso")
    page.get_by_role("link", name="New connection").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Okta, SAML 2.0").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("link", name="Show service provider details").click()
    return page


def test_an_admin_connects_okta_and_lets_go_of_it_again(acme: Acme, draft: Page) -> None:
    expect(section(draft, "1. Service provider details")).to_contain_text("/acs")
    draft.get_by_label("Metadata URL").fill(acme.idp + OKTA_SAML.metadata_path)
    draft.get_by_role("button", name="Read metadata").click()
    draft.get_by_role("link", name="Overview", exact=True).click()
    draft.get_by_role("button", name="Enable").click()
    expect(draft.get_by_role("main")).to_contain_text("with these settings")
    draft.get_by_role("button", name="Enable").click()
    expect(section(draft, "Configuration")).to_contain_text("Live: users can sign in through it.")
    draft.get_by_role("link", name="Disable").click()
    draft.get_by_role("button", name="Disable").click()
    draft.get_by_role("button", name="Delete").click()
    draft.get_by_role("button", name="Delete").click()
    expect(draft.get_by_role("table")).not_to_contain_text("Second Okta")


def test_everybody_can_use_the_question_before_enabling(acme: Acme, alice_with_scripts: Page) -> None:
    page = begin(acme, alice_with_scripts, "Third Okta")
    page.get_by_label("Metadata URL").fill(acme.idp + OKTA_SAML.metadata_path)
    page.get_by_role("button", name="Read metadata").click()
    page.get_by_role("link", name="Overview", exact=True).click()
    page.get_by_role("button", name="Enable").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Enable Third Okta?")
    assert_accessible(page)
    for width in WIDTHS:
        assert_it_fits(page, width)


def test_a_claimed_domain_shows_the_record_that_proves_it(acme: Acme, alice: Page) -> None:
    alice.goto(f"{acme.product}/sso")
    alice.get_by_role("link", name="Azure", exact=True).click()
    alice.get_by_role("link", name="Domains", exact=True).click()
    alice.get_by_label("Email domain").fill("wish.acme.example")
    alice.get_by_role("button", name="Add domain").click()
    expect(section(alice, "wish.acme.example not verified")).to_contain_text("torque-domain-verification=")
    alice.get_by_role("link", name="Remove wish.acme.example").click()
    alice.get_by_role("button", name="Remove").click()
    expect(alice.get_by_role("main")).to_contain_text("'wish.acme.example' removed.")


def test_everybody_can_use_a_form_with_errors(acme: Acme, alice_with_scripts: Page) -> None:
    alice_with_scripts.goto(f"{acme.product}/sso")
    alice_with_scripts.get_by_role("link", name="Okta", exact=True).click()
    alice_with_scripts.get_by_role("link", name="Certificates", exact=True).click()
    alice_with_scripts.get_by_role("button", name="Add certificate").click()
    expect(alice_with_scripts.get_by_role("main")).to_contain_text("Choose a file or paste its text.")
    assert_accessible(alice_with_scripts)
