"""The pages that enforce SSO."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.audit.audit import OPERATOR
from accounts.models import Account, AccountRole, ExternalIdentity, RecoveryCode, SignedInSession, User
from accounts.users import users
from tests.support.cast import PASSWORD, Cast
from tests.support.enforcing import enforce, passed_test
from tests.support.factories import saml_connection
from tests.support.secrets_in_logs import secret

pytestmark = pytest.mark.django_db
YES = {"confirmed": "yes"}


@pytest.fixture
def alice(cast: Cast) -> Client:
    browser = Client()
    browser.force_login(cast.alice, "accounts.authentication.AccountBackend")
    return browser


@pytest.fixture
def ready(cast: Cast) -> None:
    passed_test(saml_connection(cast.acme, name="Okta"), cast.alice)


def is_enforced(cast: Cast) -> bool:
    return Account.objects.get(pk=cast.acme.pk).sso_enforced_at is not None


def test_it_says_what_is_missing_and_leads_there(cast: Cast, alice: Client) -> None:
    okta = saml_connection(cast.acme, name="Okta")
    page = alice.get("/sso/enforcement")
    assertContains(page, "No test login has passed yet")
    assertContains(page, f'href="/sso/{okta.pk}/test"')
    assertNotContains(page, "Enforce SSO…")


def test_it_names_who_is_shut_out_and_who_stays(cast: Cast, alice: Client, ready: None) -> None:
    users.create_password_user(cast.acme, "kim@partner.example", PASSWORD, acting=OPERATOR)
    page = alice.get("/sso/enforcement")
    assertContains(page, "bob@acme.example")
    assertContains(page, "SSO, linked by email")
    assertContains(page, "cannot sign in", count=1)
    assertContains(page, "<li>alice@acme.example</li>", html=True)
    assertNotContains(page, "petra@acme.example")
    assertNotContains(page, "charlie@globex.example")


def test_whoever_is_known_at_the_idp_goes_on_as_before(cast: Cast, alice: Client, ready: None) -> None:
    connection = cast.acme.connection_set.get()
    ExternalIdentity.objects.create(account=cast.acme, connection=connection, user=cast.bob, subject="b", issuer="i")
    assertContains(alice.get("/sso/enforcement"), "SSO, already linked")


def test_it_names_fifty_and_counts_the_rest(cast: Cast, alice: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(60):
        users.create_password_user(cast.acme, f"p{number}@acme.example", None, acting=OPERATOR)
    with django_assert_max_num_queries(16):
        page = alice.get("/sso/enforcement")
    assertContains(page, "and 11 more")
    assertContains(page, "61 users")


def test_it_asks_first_and_does_nothing_yet(cast: Cast, alice: Client, ready: None) -> None:
    page = alice.post("/sso/enforcement/enforce")
    assertContains(page, "1 user can no longer sign in with a password")
    assertContains(page, "bob@acme.example")
    assert not is_enforced(cast)


def test_it_enforces_and_shows_the_codes_this_once(cast: Cast, alice: Client, ready: None) -> None:
    page = alice.post("/sso/enforcement/enforce", YES)
    codes = shown_codes(page)
    assert len(codes) == 10
    assert page.headers["Cache-Control"] == "no-store"
    assert is_enforced(cast)
    later = alice.get("/sso/enforcement").content.decode()
    assert "10 left" in later
    assert not any(code in later for code in codes)


def shown_codes(page: Any) -> list[str]:
    block = page.content.decode().partition('<pre id="recovery-codes">')[2].partition("</pre>")[0]
    return [secret(code) for code in block.split()]


@pytest.mark.parametrize("fields", [YES, {**YES, "settings_digest": "0" * 64, "sso_enforced_at": "2026-01-01"}])
def test_a_hand_made_request_cannot_get_round_the_test(cast: Cast, alice: Client, fields: dict[str, str]) -> None:
    saml_connection(cast.acme, name="Okta")
    page = alice.post("/sso/enforcement/enforce", fields, follow=True)
    assertContains(page, "Okta: No test login has passed yet")
    assert not is_enforced(cast)
    assert not RecoveryCode.objects.exists()


def test_new_codes_are_asked_for_and_shown_once(cast: Cast, alice: Client) -> None:
    former = enforce(cast)
    assertContains(alice.post("/sso/enforcement/codes"), "Create new recovery codes?")
    codes = shown_codes(alice.post("/sso/enforcement/codes", YES))
    assert len(codes) == 10
    assert not set(codes) & set(former)


def test_new_codes_are_refused_where_nothing_is_enforced(cast: Cast, alice: Client) -> None:
    page = alice.post("/sso/enforcement/codes", YES, follow=True)
    assertContains(page, "Expected an account that enforces SSO")


def test_lifting_asks_first(cast: Cast, alice: Client) -> None:
    enforce(cast)
    assertContains(alice.post("/sso/enforcement/lift"), "Stop enforcing SSO?")
    assert is_enforced(cast)
    assertRedirects(alice.post("/sso/enforcement/lift", YES), "/sso/enforcement")
    assert not is_enforced(cast)


def test_it_warns_when_nothing_is_live_any_more(cast: Cast, alice: Client) -> None:
    enforce(cast)
    cast.acme.connection_set.update(state="disabled")
    assertContains(alice.get("/sso/enforcement"), "No connection is live. Only account admins can log in")


@pytest.mark.parametrize("path", ["enforce", "codes", "lift"])
def test_the_other_account_is_left_alone(cast: Cast, alice: Client, ready: None, path: str) -> None:
    enforce(cast)
    alice.post(f"/sso/enforcement/{path}", YES)
    assert not RecoveryCode.objects.filter(account=cast.globex).exists()
    assert Account.objects.get(pk=cast.globex.pk).sso_enforced_at is None


def test_codes_are_shown_to_account_admins_only(cast: Cast, ready: None) -> None:
    """A user who sees one could sign in as an admin; managing single sign-on is less than that."""
    role = AccountRole.objects.create(account=cast.acme, name="SSO", permissions=["Manage Single Sign-On"])
    User.objects.filter(pk=cast.bob.pk).update(account_role=role)
    browser = Client()
    browser.force_login(cast.bob, "accounts.authentication.AccountBackend")
    assertContains(browser.get("/sso/enforcement"), "Only an account admin can enforce SSO")
    assertContains(browser.post("/sso/enforcement/enforce", YES, follow=True), "Expected an account admin")
    assert not is_enforced(cast)
    enforce(cast)
    former = set(RecoveryCode.objects.values_list("digest", flat=True))
    SignedInSession.objects.filter(user=cast.bob).update(ended_at=None, connection=cast.acme.connection_set.first())
    assertContains(browser.post("/sso/enforcement/codes", YES, follow=True), "Expected an account admin")
    assert set(RecoveryCode.objects.values_list("digest", flat=True)) == former


@pytest.mark.parametrize("path", ["", "/enforce", "/codes", "/lift"])
@pytest.mark.parametrize("who", ["bob", "charlie", "stranger"])
def test_nobody_else_may(cast: Cast, path: str, who: str) -> None:
    browser = Client()
    if who != "stranger":
        browser.force_login(getattr(cast, who), "accounts.authentication.AccountBackend")
    ask: Callable[..., Any] = browser.post if path else browser.get
    assert ask(f"/sso/enforcement{path}").status_code == (302 if who == "stranger" else 403)
