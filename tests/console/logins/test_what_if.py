"""What-if: attributes in any spelling an admin has at hand, tried by the engine of real logins; nothing is saved."""

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import Connection, LoginRecord, User
from accounts.sso.masking import masked
from tests.console.logins.world import tried
from tests.support.cast import Cast
from tests.support.factories import OID, TENANT, oidc_connection, saml_connection
from tests.support.journeys import OidcJourney, SamlJourney, signed_connection
from tests.support.oidc_messages import Provider, Web

pytestmark = pytest.mark.django_db
CLAIMS = {"email": "dana@acme.example", "space_name": "Trial"}


def test_it_tells_person_and_spaces_and_saves_nothing(cast: Cast, alice: Client) -> None:
    page = tried(alice, saml_connection(cast.acme), json.dumps(CLAIMS))
    assertContains(page, "would sign in")
    assertContains(page, "Created dana@acme.example at this first login.")
    assert not User.objects.filter(email="dana@acme.example").exists()
    assert not LoginRecord.objects.exists()


def test_a_refusal_is_shown_as_in_the_inspector(cast: Cast, alice: Client) -> None:
    page = tried(alice, saml_connection(cast.acme), json.dumps({"email": "bob@acme.example"}))
    assertContains(page, "email-taken")
    assertContains(page, "Expected")


def test_it_is_tried_as_a_chosen_person(cast: Cast, alice: Client) -> None:
    page = tried(alice, saml_connection(cast.acme), json.dumps({"space_name": "QA"}), "PETRA@acme.example")
    assertContains(page, "petra@acme.example was pending")
    unknown = tried(alice, saml_connection(cast.acme, name="Other"), "{}", "charlie@globex.example")
    assertContains(unknown, "Expected the email of a user of Acme")


def test_masked_values_that_are_pasted_are_left_out_by_name(cast: Cast, alice: Client) -> None:
    sent = {**CLAIMS, "groups": ["… (7 characters)"], "space_role": "… (11 characters)", "list": ["a", "… (b)"]}
    page = tried(alice, saml_connection(cast.acme), json.dumps(sent))
    assertContains(page, "only their length is stored: groups, space_role.")
    assert "… (b)" in page.context["form"].data["attributes"]


def test_a_connection_of_another_account_cannot_be_chosen(cast: Cast, alice: Client) -> None:
    page = tried(alice, oidc_connection(cast.globex), json.dumps(CLAIMS))
    assertContains(page, "Select a valid choice")


def test_nonsense_in_the_page_is_an_error_of_the_form(cast: Cast, alice: Client) -> None:
    page = tried(alice, saml_connection(cast.acme), "hello")
    assert page.status_code == 200
    assertContains(page, "errorlist")


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
