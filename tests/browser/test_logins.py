"""The login inspector in a real browser: why was this person refused, and what would have to be otherwise?"""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.acme import Acme, section

pytestmark = pytest.mark.browser


def sign_in(acme: Acme, page: Page) -> None:
    """Somebody of the company, in a browser of their own."""
    assert page.context.browser is not None
    context = page.context.browser.new_context(locale="en-GB")
    acme.sign_in(context.new_page(), "Okta", "Bob Ek")
    context.close()


def test_an_admin_sees_why_a_login_went_as_it_did(acme: Acme, alice: Page) -> None:
    sign_in(acme, alice)
    alice.goto(f"{acme.product}/logins")
    alice.get_by_role("row").filter(has_text="signed in").first.get_by_role("link").click()
    steps = section(alice, "Step by step")
    expect(steps.get_by_role("heading", name="Signature")).to_be_visible()
    expect(steps).to_contain_text("is signed with a certificate of this connection")
    alice.get_by_text("Show it, with secrets masked").click()
    expect(section(alice, "The message, decoded")).to_contain_text("AttributeValue")


def test_an_admin_tries_out_what_would_happen(acme: Acme, alice: Page) -> None:
    alice.goto(f"{acme.product}/logins/what-if")
    alice.get_by_label("Connection").select_option("Okta")
    claims = {"email": "new@acme.example", "space_name": "Trial,Nowhere"}
    alice.get_by_label("Attributes").fill(json.dumps(claims))
    alice.get_by_role("button", name="Try it out").click()
    expect(section(alice, "What would happen")).to_contain_text("Created new@acme.example")
    expect(section(alice, "What would happen")).to_contain_text("'Nowhere' does not exist here")


def test_everybody_can_read_an_attempt(acme: Acme, alice_with_scripts: Page) -> None:
    sign_in(acme, alice_with_scripts)
    alice_with_scripts.goto(f"{acme.product}/logins")
    alice_with_scripts.get_by_role("row").filter(has_text="signed in").first.get_by_role("link").click()
    expect(alice_with_scripts).to_have_url(re.compile("/logins/"))
    assert_accessible(alice_with_scripts)
