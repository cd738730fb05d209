"""The page about provisioning: what an admin takes to the identity provider, and whether it called."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts import alerts
from accounts.audit.audit import OPERATOR
from accounts.models import Account, AuditEntry
from accounts.models.work import AlertKind
from accounts.tokens import tokens
from scim import request_log
from tests.scim.client import ScimClient
from tests.support.cast import Cast
from tests.support.factories import oidc_connection

pytestmark = pytest.mark.django_db


def test_it_gives_the_address_in_both_forms(as_alice: Client) -> None:
    page = as_alice.get("/provisioning")
    assertContains(page, f'<code id="base-url">{settings.BASE_URL}/api/scim</code>')
    assertContains(page, f'<code id="base-url-v2">{settings.BASE_URL}/api/scim/v2</code>')


def test_it_waits_for_the_first_call_and_then_tells_of_the_last(as_alice: Client, okta: ScimClient) -> None:
    assertContains(as_alice.get("/provisioning"), "Waiting for the first request")
    okta.get("/Users?startIndex=1&count=2")
    request_log.flush()
    page = as_alice.get("/provisioning")
    assertContains(page, "listed users: 3 in all")
    assertNotContains(page, "Waiting for the first request")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "Enable SCIM provisioning"),
        ("?for=okta", "Push New Users and Push Profile Updates"),
        ("?for=entra", "Provision Microsoft Entra ID Groups"),
        ("?for=other", "SCIM 2.0 service"),
        ("?for=nonsense", "Enable SCIM provisioning"),
    ],
)
def test_it_has_the_boxes_of_each_vendor(as_alice: Client, query: str, expected: str) -> None:
    assertContains(as_alice.get(f"/provisioning{query}"), expected)


def test_it_begins_with_the_vendor_that_signs_people_in(as_alice: Client, cast: Cast) -> None:
    oidc_connection(cast.acme)
    assertContains(as_alice.get("/provisioning"), "Tenant URL")


def test_it_lists_the_tokens_that_may_be_used(as_alice: Client, cast: Cast) -> None:
    tokens.issue_service_token(cast.acme, "Okta", ["Manage Users"], acting=OPERATOR)
    tokens.issue_token(cast.alice, "Alice's CI", ["Manage Users"], acting=OPERATOR)
    tokens.issue_token(cast.bob, "Powerless", [], acting=OPERATOR)
    tokens.issue_service_token(cast.globex, "Globex's Okta", ["Manage Users"], acting=OPERATOR)
    page = as_alice.get("/provisioning")
    assertContains(page, "Alice&#x27;s CI")
    assertContains(page, ">the account</span>")
    for other in ("Powerless", "Globex"):
        assertNotContains(page, other)


def test_it_shows_the_alerts_that_belong_here(as_alice: Client, cast: Cast) -> None:
    alerts.raise_alert(cast.acme.pk, AlertKind.TOKEN_OWNER, "t", "It asked to remove its owner.")
    alerts.raise_alert(cast.acme.pk, AlertKind.CERTIFICATE_EXPIRY, "c", "A certificate ends.")
    page = as_alice.get("/provisioning")
    assertContains(page, "It asked to remove its owner.")
    assertNotContains(page, "A certificate ends.")


def test_the_settings_are_saved_and_written_down(as_alice: Client, cast: Cast) -> None:
    answer = as_alice.post("/provisioning/settings", {"hold": "on", "retention_days": "7"})
    assertRedirects(answer, "/provisioning")
    account = Account.objects.get(pk=cast.acme.pk)
    assert (account.hold_mass_departures, account.retention_days) == (True, 7)
    changed = AuditEntry.objects.filter(action__startswith="account.", actor="alice@acme.example")
    assert changed.count() == 2


@pytest.mark.parametrize("days", ["", "-1", "3651", "many"])
def test_settings_out_of_bounds_change_nothing(as_alice: Client, cast: Cast, days: str) -> None:
    page = as_alice.post("/provisioning/settings", {"hold": "on", "retention_days": days})
    assertContains(page, "errorlist")
    account = Account.objects.get(pk=cast.acme.pk)
    assert (account.hold_mass_departures, account.retention_days) == (False, 30)


def test_it_asks_the_database_as_often_for_many(
    as_alice: Client, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        tokens.issue_token(cast.alice, f"CI {number}", ["Manage Users"], acting=OPERATOR)
    with django_assert_max_num_queries(10):
        assertContains(as_alice.get("/provisioning"), "All tokens that may manage users")


@pytest.mark.parametrize("path", ["", "/requests", "/held", "/tokens/new"])
def test_a_member_is_refused_and_a_stranger_signs_in(as_bob: Client, path: str) -> None:
    assert as_bob.get(f"/provisioning{path}").status_code == 403
    assertRedirects(Client().get(f"/provisioning{path}"), f"/login?next=/provisioning{path}")
