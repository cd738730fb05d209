"""A recorded login as the start of a what-if."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import Connection, LoginRecord
from accounts.sso.masking import masked
from tests.console.logins.world import tried
from tests.support.cast import Cast
from tests.support.factories import OID, TENANT, oidc_connection
from tests.support.journeys import OidcJourney, SamlJourney, signed_connection
from tests.support.oidc_messages import Provider, Web

pytestmark = pytest.mark.django_db


def test_it_begins_with_a_recorded_login(cast: Cast, alice: Client) -> None:
    SamlJourney(signed_connection(cast.acme)).log_in()
    page = alice.get(f"/logins/what-if?from={LoginRecord.objects.get().reference}")
    assertContains(page, "&quot;email&quot;: &quot;dana@acme.example&quot;")


def by_saml(cast: Cast, web: Web, vendor: str) -> Connection:
    connection = signed_connection(cast.acme, vendor=vendor)
    cast.bob.delete()  # for Entra's message is of that name
    SamlJourney(connection).log_in(vendor="entra" if vendor == "entra" else "okta")
    return connection


def by_oidc(cast: Cast, web: Web, vendor: str) -> Connection:
    settings = {} if vendor == "entra" else {"issuer": "https://acme.okta.example", "tenant_id": "", "vendor": vendor}
    connection = oidc_connection(cast.acme, **settings)
    who = {"oid": OID, "tid": TENANT} if vendor == "entra" else {"email_verified": True}
    claims = {"sub": "sub of dana", "email": "dana@acme.example", "acct": "0", **who}
    OidcJourney(Provider(connection, web, claims)).log_in()
    return connection


@pytest.mark.parametrize("log_in", [by_saml, by_oidc])
@pytest.mark.parametrize("vendor", ["okta", "entra", "other"])
@pytest.mark.parametrize("is_old", [False, True], ids=["now", "of a former release"])
def test_a_recorded_login_would_go_as_it_went(
    cast: Cast, alice: Client, web: Web, log_in: Any, vendor: str, is_old: bool
) -> None:
    connection = log_in(cast, web, vendor)
    record = LoginRecord.objects.get()
    assert record.outcome == "signed-in", record.explanation
    if is_old:  # it masked what decides whose login it is, but for the e-mail
        masks = {name: [masked(values[0])] for name, values in record.attributes.items() if "mail" not in name}
        LoginRecord.objects.update(attributes={**record.attributes, **masks})
    form = alice.get(f"/logins/what-if?from={record.reference}").context["form"]
    page = tried(alice, connection, form.initial["attributes"])
    assert page.context["result"].outcome == "signed-in", page.context["result"].decisions
    assertContains(page, "would sign in")
    assertContains(page, f"Known here as {record.email}.")
    assertNotContains(page, "characters)")
