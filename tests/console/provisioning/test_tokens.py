"""A token for the identity provider: made by an admin, owned by the account, shown once, revoked."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import end_access
from accounts.models import ApiToken, AuditEntry
from accounts.tokens import tokens
from tests.scim.client import ScimClient
from tests.support.cast import Cast
from tests.support.factories import saml_connection
from tests.support.partnership import Partnership
from tests.support.secrets_in_logs import secret

pytestmark = pytest.mark.django_db


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
