"""The list of connections, a new one, lifetimes for all of them, and who may open any of these pages."""

from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.audit.audit import OPERATOR
from accounts.connections.drafts import change_settings
from accounts.models import Account, AuditEntry, Connection, ConnectionDomain, EmailDomain, LoginRecord
from console.connections.urls import urlpatterns
from tests.support.cast import Cast
from tests.support.factories import saml_connection
from tests.support.holders import browser_of
from tests.support.saml_keys import key_pair

pytestmark = pytest.mark.django_db
CHOSEN = {"session_idle_minutes": "30", "session_absolute_minutes": "480", "login_retention_days": "20"}
NOBODY = "00000000-0000-4000-8000-000000000000"
NAMES = [pattern.name or "" for pattern in urlpatterns]
OF_ONE = [name for name in NAMES if name not in ("connections", "lifetimes", "new-connection")]


def address(name: str, connection: Connection) -> str:
    keys = get_resolver().reverse_dict.getlist(name)[0][0][0][1]
    named = {"connection_id": connection.pk, "domain_id": NOBODY, "move_id": NOBODY}
    return reverse(name, kwargs={key: named[key] for key in keys})


def test_it_shows_the_state_of_each_connection(as_alice: Client, okta: Connection, theirs: Connection) -> None:
    LoginRecord.objects.create(account=okta.account, connection=okta, reference="A", outcome="signed-in")
    page = as_alice.get("/sso")
    assertContains(page, "Okta, SAML 2.0")
    assertContains(page, "acme.example")
    assertContains(page, "days left")
    assertNotContains(page, '<span class="quiet">never</span>')
    assertNotContains(page, "Secret Globex")


def test_an_empty_list_explains_connections(as_alice: Client) -> None:
    assertContains(as_alice.get("/sso"), "No connections yet")


def test_the_list_costs_the_same_for_many(as_alice: Client, cast: Cast, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        saml_connection(cast.acme, name=f"Okta {number:03}", idp_certificates=key_pair("idp").certificate)
    with django_assert_max_num_queries(8):
        assertContains(as_alice.get("/sso"), "Okta 011")


@pytest.mark.parametrize("path", ["/sso", "/"])
def test_a_draft_that_waits_is_to_do(as_alice: Client, okta: Connection, path: str) -> None:
    assertNotContains(as_alice.get(path), "Publish or discard the draft")
    change_settings(okta, {"sso_url": "https://new.okta.example/sso"}, acting=OPERATOR)
    assertContains(as_alice.get(path), "Publish or discard the draft")


@pytest.mark.parametrize("path", ["/sso", "/"])
def test_a_domain_that_is_missing_or_not_verified_is_to_do(as_alice: Client, okta: Connection, path: str) -> None:
    EmailDomain.objects.update(proved_at=None)
    assertContains(as_alice.get(path), "Verify the email domain")
    ConnectionDomain.objects.filter(connection=okta).delete()
    assertContains(as_alice.get(path), "Add your email domain")
    Connection.objects.update(state="disabled")
    assertNotContains(as_alice.get(path), "Add your email domain")


@pytest.mark.parametrize("path", ["/sso", "/"])
def test_what_waits_in_another_account_is_not_to_do(as_alice: Client, theirs: Connection, path: str) -> None:
    change_settings(theirs, {"sso_url": "https://new.okta.example/sso"}, acting=OPERATOR)
    ConnectionDomain.objects.filter(connection=theirs).delete()
    page = as_alice.get(path)
    for words in ("Publish or discard the draft", "Add your email domain"):
        assertNotContains(page, words)


def test_nothing_is_to_do_where_nothing_waits(as_alice: Client, okta: Connection) -> None:
    assertContains(as_alice.get("/sso"), '<li class="quiet">nothing</li>')


@pytest.mark.parametrize("kind", ["okta-saml", "okta-oidc", "entra-saml", "entra-oidc", "other-saml", "other-oidc"])
def test_a_new_connection_is_a_draft_that_shows_our_addresses(as_alice: Client, kind: str) -> None:
    page = as_alice.post("/sso/new", {"name": "New", "kind": kind}, follow=True)
    made = Connection.objects.get(name="New")
    assert (f"{made.vendor}-{made.protocol}", made.state) == (kind, "draft")
    assertRedirects(page, f"/sso/{made.pk}/set-up")
    page = as_alice.get(f"/sso/{made.pk}/provider")
    assertContains(page, f"/saml/{made.pk}/acs" if made.protocol == "saml" else "/api/accounts/idp-callback")
    assert bool(made.sp_private_key) == (made.protocol == "saml")


@pytest.mark.parametrize(
    ("posted", "expected"),
    [
        ({"name": "Okta", "kind": "okta-saml"}, "exists already"),
        ({"name": "New"}, "Choose the identity provider"),
        ({"name": "New", "kind": "x-y"}, "Select a valid choice"),
        ({"name": "x" * 101, "kind": "okta-saml"}, "at most 100 characters"),
        ({"name": "\x00", "kind": "okta-saml"}, "Null characters"),
    ],
)
def test_what_is_no_connection_is_a_form_error(
    as_alice: Client, okta: Connection, posted: dict[str, str], expected: str
) -> None:
    assertContains(as_alice.post("/sso/new", posted), expected)
    assert Connection.objects.get() == okta


@pytest.mark.parametrize("name", NAMES)
def test_a_member_is_refused_and_an_anonymous_user_has_to_sign_in(
    cast: Cast, okta: Connection, azure: Connection, name: str
) -> None:
    member, path = browser_of(cast.bob), address(name, okta)
    for method in ("get", "post"):
        assert getattr(member, method)(path).status_code in (403, 405)
        answer = getattr(Client(), method)(path)
        assert answer.status_code == 405 or answer.headers["Location"] == f"/login?next={path}"


@pytest.mark.parametrize("name", OF_ONE)
def test_another_accounts_connection_is_not_there(as_alice: Client, theirs: Connection, name: str) -> None:
    for method in ("get", "post"):
        answer = getattr(as_alice, method)(address(name, theirs), {"confirmed": "yes"})
        assert answer.status_code in (404, 405)
        assert b"Secret Globex" not in answer.content
    assert Connection.objects.get(pk=theirs.pk).state == "live"


@pytest.mark.parametrize("name", OF_ONE)
def test_odd_input_breaks_nothing(as_alice: Client, okta: Connection, azure: Connection, name: str) -> None:
    odd = {"way": "\x00", "fingerprint": "\x00'", "clock_skew": "x", "default_space": "\x00", "grantable": "x"}
    for connection in (okta, azure):
        assert as_alice.post(address(name, connection), odd).status_code < 500
    assert as_alice.get(f"/sso/{okta.pk}x").status_code == 404


def test_the_section_is_there_for_who_may_open_it(as_alice: Client) -> None:
    assertContains(as_alice.get("/sso"), '<a href="/sso" aria-current="page">Single sign-on</a>', html=True)
    assertRedirects(Client().get("/sso"), "/login?next=/sso")


def test_the_lifetimes_that_are_chosen_hold_and_are_written_down(as_alice: Client, cast: Cast) -> None:
    assertRedirects(as_alice.post("/sso/lifetimes", CHOSEN), "/sso/lifetimes")
    acme = Account.objects.get(pk=cast.acme.pk)
    assert (acme.session_idle_minutes, acme.session_absolute_minutes, acme.login_retention_days) == (30, 480, 20)
    changed = set(AuditEntry.objects.filter(actor=cast.alice.email).values_list("action", flat=True))
    assert changed == {"account.session-lifetimes-changed", "account.login-retention-changed"}
    assertContains(as_alice.get("/sso/lifetimes"), 'value="480"')


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"session_idle_minutes": "600"}, "Expected an idle lifetime of at most the absolute one"),
        ({"session_idle_minutes": "1"}, "greater than or equal to 5"),
        ({"login_retention_days": "0"}, "greater than or equal to 1"),
        ({"login_retention_days": "x"}, "Enter a whole number"),
    ],
)
def test_lifetimes_that_cannot_be_are_shown_and_nothing_is_saved(
    as_alice: Client, cast: Cast, wrong: dict[str, str], expected: str
) -> None:
    assertContains(as_alice.post("/sso/lifetimes", CHOSEN | wrong), expected)
    assert Account.objects.get(pk=cast.acme.pk).login_retention_days == cast.acme.login_retention_days
