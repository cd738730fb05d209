"""The page about provisioning: what an admin takes to the identity provider, and whether it called."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts import alerts
from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import end_access
from accounts.models import Account, ApiToken, AuditEntry
from accounts.models.work import AlertKind
from accounts.tokens import tokens
from scim import request_log
from tests.scim.client import ScimClient
from tests.support.cast import Cast
from tests.support.factories import oidc_connection, saml_connection
from tests.support.partnership import Partnership
from tests.support.secrets_in_logs import secret

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


def test_the_identity_provider_gets_in_with_what_was_shown_once(as_alice: Client) -> None:
    page = as_alice.post("/provisioning/tokens/new", {"name": "Okta", "expires": "365"})
    match = re.search(r"tsso_[a-z0-9]{40}", page.content.decode())
    assert match
    assert ScimClient(secret(match[0])).get("/Users?count=1").status == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert match[0] not in as_alice.get("/provisioning").content.decode()


def test_it_outlives_whoever_made_it(as_alice: Client, cast: Cast) -> None:
    as_alice.post("/provisioning/tokens/new", {"name": "Okta", "expires": "never"})
    token = ApiToken.objects.get()
    assert (token.user, token.account, token.permissions, token.expires_at) == (None, cast.acme, ["Manage Users"], None)
    assert AuditEntry.objects.get(action="token.created").actor == "alice@acme.example"


def test_one_connection_is_no_choice(as_alice: Client, cast: Cast) -> None:
    saml_connection(cast.acme)
    assertNotContains(as_alice.get("/provisioning/tokens/new"), '<select name="connection"')


def test_of_several_connections_one_is_named(as_alice: Client, partnership: Partnership) -> None:
    assertContains(as_alice.get("/provisioning"), '<select name="connection"')
    chosen = {"name": "Partner's", "expires": "365", "connection": str(partnership.partner.pk)}
    page = as_alice.post("/provisioning/tokens/new", chosen)
    assertContains(page, "<dt>Connection</dt><dd>Partner</dd>")
    assertNotContains(page, "names no connection")
    assert ApiToken.objects.get().connection == partnership.partner
    assertContains(as_alice.get("/provisioning"), '<td data-label="Connection">Partner</td>')


def test_a_token_for_none_of_several_says_what_that_means(as_alice: Client, partnership: Partnership) -> None:
    page = as_alice.post("/provisioning/tokens/new", {"name": "Any", "expires": "365"})
    assertContains(page, "This token names no connection, and the account has several.")
    assert ApiToken.objects.get().connection is None


def test_another_accounts_connection_is_no_choice(as_alice: Client, cast: Cast, partnership: Partnership) -> None:
    theirs = saml_connection(cast.globex)
    page = as_alice.post("/provisioning/tokens/new", {"name": "x", "expires": "365", "connection": str(theirs.pk)})
    assertContains(page, "errorlist")
    assert not ApiToken.objects.exists()


def test_without_a_name_nothing_is_made(as_alice: Client) -> None:
    assertContains(as_alice.post("/provisioning/tokens/new", {"expires": "365"}), "This field is required")
    assert not ApiToken.objects.exists()


def test_revoking_asks_first_and_ends_it(as_alice: Client, cast: Cast, okta: ScimClient) -> None:
    address = f"/provisioning/tokens/{ApiToken.objects.get().pk}/revoke"
    okta.get("/Users?count=1")
    assertContains(as_alice.post(address), "was last used on")
    assert okta.get("/Users?count=1").status == 200
    assertRedirects(as_alice.post(address, {"confirmed": "yes"}), "/provisioning")
    assert okta.get("/Users?count=1").status == 401


def test_what_is_no_token_for_provisioning_here_is_not_there(as_alice: Client, cast: Cast) -> None:
    powerless, _ = tokens.issue_token(cast.bob, "CI", [], acting=OPERATOR)
    theirs, _ = tokens.issue_service_token(cast.globex, "Okta", ["Manage Users"], acting=OPERATOR)
    for key in (powerless.pk, theirs.pk, uuid4()):
        answer = as_alice.post(f"/provisioning/tokens/{key}/revoke", {"confirmed": "yes"})
        assert answer.status_code == 404
    assert tokens.live_tokens(cast.globex) == [theirs]


def test_whose_maker_left_it_is_not_listed(as_alice: Client, cast: Cast) -> None:
    tokens.issue_token(cast.bob, "Bob's CI", [], acting=OPERATOR)
    end_access.deprovision(cast.bob.pk, cast.acme, acting=OPERATOR)
    assert "Bob" not in as_alice.get("/tokens").content.decode()
