"""A first-time set-up in a real browser for each kind of provider, by a script that reads only what the pages say."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.acme import Acme, section

pytestmark = pytest.mark.browser

NAME = "Set up by hand"
DONE, NEXT = re.compile("✓ done"), re.compile("→ next")
SECRET = "client secret"  # stands in no page: a file beside the stand-in holds it

Details = dict[str, str]  # what the stand-in's own page shows, by its label there


@dataclass(frozen=True)
class Pair:
    """`ours`: what the page calls the address that the answer has to come to; `give`: enters the provider's values."""

    kind: str
    ours: str
    give: Callable[[Page, Details], None]
    with_domain: bool = True


def okta_saml(page: Page, received: Details) -> None:
    page.get_by_label("Metadata URL").fill(received["Okta (SAML)"])
    page.get_by_role("button", name="Read metadata").click()


def okta_openid(page: Page, received: Details) -> None:
    page.get_by_label("Okta domain, as https://…").fill(received["Okta (OpenID Connect)"])
    page.get_by_label("Client ID").fill(received["Client IDs, Okta"])
    page.get_by_label("Flow").select_option("code")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_label("New client secret").fill(received[SECRET])
    page.get_by_role("button", name="Save secret").click()


def entra_saml(page: Page, received: Details) -> None:
    page.get_by_label("App Federation Metadata Url").fill(received["Entra (SAML)"])
    page.get_by_role("button", name="Read metadata").click()


def entra_openid(page: Page, received: Details) -> None:
    page.get_by_label("Directory (tenant) ID").fill(received["Tenant ID"])
    page.get_by_label("Application (client) ID").fill(received["Client IDs"])
    page.get_by_label("Issuer").fill(received["Entra (OpenID Connect)"])
    page.get_by_label("Flow").select_option("id_token")
    page.get_by_role("button", name="Save", exact=True).click()


OKTA_SAML = Pair("Okta, SAML 2.0", "Single sign-on URL", okta_saml)
OTHERS = (
    Pair("Okta, OpenID Connect", "Sign-in redirect URIs", okta_openid),
    Pair("Microsoft Entra ID, SAML 2.0", "Reply URL (Assertion Consumer Service URL)", entra_saml),
    Pair("Microsoft Entra ID, OpenID Connect", "Redirect URIs", entra_openid),
    Pair("Other, SAML 2.0", "Assertion consumer service (ACS) URL", okta_saml, with_domain=False),
)


@pytest.fixture(autouse=True)
def _as_before(acme: Acme) -> Iterator[None]:
    """The demo company keeps its two connections, whatever a test did."""
    yield
    code = f"from accounts.models import Connection; Connection.objects.filter(name='{NAME}').delete()"
    subprocess.run([sys.executable, "manage.py", "shell", "-c", code], env=acme.environment, check=True)


def read_provider(acme: Acme, page: Page) -> Details:
    page.goto(acme.idp)
    faces = [f"{vendor} ({protocol})" for vendor in ("Okta", "Entra") for protocol in ("SAML", "OpenID Connect")]
    terms = (*faces, "Tenant ID", "Client IDs")
    received = {term: page.locator(f"dt:text-is('{term}') + dd code").inner_text() for term in terms}
    received["Client IDs, Okta"] = page.locator("dt:text-is('Client IDs') + dd + dd code").inner_text()
    received[SECRET] = Path(acme.environment["STATE_DIR"], "demo", "client-secret").read_text()
    return received


def expect_step(page: Page, title: str, mark: re.Pattern[str]) -> None:
    expect(page.get_by_role("heading", name=title, level=3)).to_have_text(mark)


def choose(acme: Acme, page: Page, pair: Pair) -> None:
    page.goto(f"{acme.product}/sso")
    page.get_by_role("link", name="New connection").click()
    page.get_by_label("Name").fill(NAME)
    page.get_by_label(pair.kind, exact=True).check()
    page.get_by_role("button", name="Continue").click()
    expect_step(page, "Copy the service provider details", NEXT)


def copy_ours(page: Page, pair: Pair) -> str:
    page.get_by_role("link", name="Show service provider details").click()
    values = section(page, "1. Service provider details").locator(".copy-list > div")
    return values.filter(has=page.get_by_text(pair.ours, exact=True)).locator("code").inner_text()


def come_back_another_day(acme: Acme, page: Page) -> None:
    page.goto(f"{acme.product}/sso")
    page.get_by_role("link", name=NAME, exact=True).click()
    page.get_by_role("link", name="Continue the set-up").click()
    expect_step(page, "Enter the identity provider details", DONE)


def look_at_the_attributes(page: Page) -> None:
    page.get_by_role("link", name="Show attribute names").click()
    page.get_by_role("button", name="Save").click()


def claim_the_domain(page: Page) -> None:
    """The company has verified it for another connection; the DNS record itself is of `test_domains`."""
    page.get_by_role("link", name="Show domains").click()
    page.get_by_label("Email domain").fill("acme.example")
    page.get_by_role("button", name="Add domain").click()
    expect_step(page, "Verify your email domain", DONE)


def try_it(page: Page, pair: Pair, ours: str, *, has_scripts: bool) -> None:
    """The answer has to come to the address that was shown for copying."""
    expect_step(page, "Test login", NEXT)
    page.get_by_role("link", name="Test login", exact=True).click()
    page.get_by_role("button", name="Hana Sato").click()
    if not pair.with_domain:  # it does not speak for the domain of the other connections
        page.get_by_label("email", exact=True).fill("new@partner.example")
    with page.expect_request(lambda request: request.url.partition("?")[0] == ours):
        page.get_by_role("button", name="Send", exact=True).click()
        if not has_scripts:
            page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("main")).to_contain_text("test passed")
    page.get_by_role("link", name="Continue the set-up").click()


def set_up(acme: Acme, page: Page, pair: Pair, *, has_scripts: bool = True) -> None:
    received = read_provider(acme, page)
    choose(acme, page, pair)
    ours = copy_ours(page, pair)
    pair.give(page, received)
    come_back_another_day(acme, page)
    look_at_the_attributes(page)
    if pair.with_domain:
        claim_the_domain(page)
    try_it(page, pair, ours, has_scripts=has_scripts)
    for title in ("Copy the service provider details", "Send the attributes", "Test login"):
        expect_step(page, title, DONE)
    page.get_by_role("button", name="Enable").click()
    page.get_by_role("button", name="Enable").click()
    expect(section(page, "Configuration")).to_contain_text("Live: users can sign in through it.")


def test_okta_by_saml_from_nothing_to_live(acme: Acme, alice: Page, request: pytest.FixtureRequest) -> None:
    set_up(acme, alice, OKTA_SAML, has_scripts=request.node.callspec.params["alice"] == "scripts")


@pytest.mark.parametrize("pair", OTHERS, ids=lambda pair: pair.kind)
def test_any_other_from_nothing_to_live(acme: Acme, alice_with_scripts: Page, pair: Pair) -> None:
    set_up(acme, alice_with_scripts, pair)


def test_everybody_can_use_it(acme: Acme, alice_with_scripts: Page) -> None:
    choose(acme, alice_with_scripts, OKTA_SAML)
    assert_accessible(alice_with_scripts)
