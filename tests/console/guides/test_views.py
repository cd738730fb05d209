"""The vendors' side, step by step, with an account's own values where its admin reads it."""

import re

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from accounts.sso.saml import service_provider
from tests.support.cast import Cast
from tests.support.factories import saml_connection

pytestmark = pytest.mark.django_db
# What the public description of the system has an admin do, in the words of each console.
STEPS = {
    "okta": ("Enable SCIM provisioning", "Push New Users", "Push Profile Updates", "Sync Password", "appuser.groups"),
    "entra": (
        "Tenant URL",
        "Provision Microsoft Entra ID Groups",
        "Start provisioning",
        "Add groups claim",
        "ID tokens",
    ),
}


@pytest.fixture
def alice(cast: Cast) -> Client:
    browser = Client()
    browser.force_login(cast.alice, "accounts.authentication.AccountBackend")
    return browser


@pytest.mark.parametrize("vendor", STEPS)
def test_it_follows_the_vendors_own_steps_for_anybody(client: Client, vendor: str) -> None:
    page = client.get(f"/guides/{vendor}")
    for step in STEPS[vendor]:
        assertContains(page, step)
    assertContains(page, "/api/scim")
    assertContains(page, "your-account")


def test_an_admin_reads_the_values_of_their_own_connection(cast: Cast, alice: Client) -> None:
    mine, theirs = saml_connection(cast.acme), saml_connection(cast.globex)
    page = alice.get(f"/guides/okta?connection={theirs.pk}")
    assertContains(page, service_provider.acs_url(mine))
    assertNotContains(page, str(theirs.pk))


def test_one_of_several_can_be_chosen(cast: Cast, alice: Client) -> None:
    chosen, newer = saml_connection(cast.acme, name="First"), saml_connection(cast.acme, name="Second")
    page = alice.get(f"/guides/okta?connection={chosen.pk}")
    assertContains(page, service_provider.acs_url(chosen))
    assertNotContains(page, service_provider.acs_url(newer))


def test_a_member_sees_samples(cast: Cast) -> None:
    connection = saml_connection(cast.acme)
    member = Client()
    member.force_login(cast.bob, "accounts.authentication.AccountBackend")
    assertNotContains(member.get("/guides/okta"), str(connection.pk))


def test_no_other_vendor_has_one(client: Client) -> None:
    assert client.get("/guides/other").status_code == 404


@pytest.mark.parametrize("vendor", STEPS)
def test_every_link_on_the_page_leads_to_a_part_of_it(client: Client, vendor: str) -> None:
    text = client.get(f"/guides/{vendor}").content.decode()
    parts = set(re.findall(r'href="#([a-z-]+)"', text)) - {"content"}
    assert parts
    assert parts <= set(re.findall(r'id="([a-z-]+)"', text))
