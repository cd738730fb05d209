"""A short token for an e-mail and a password."""

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import account_settings, sessions
from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import end_access
from accounts.models import Account, ApiToken, AuditEntry, SignedInSession, User
from accounts.users import users
from tests.accounts.api.programs import Program, logged_in, try_login
from tests.support.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db
BOB = "bob@acme.example"


def bob_everywhere(cast: Cast, password: str = PASSWORD) -> User:
    """Bob has an account of that e-mail at Globex too."""
    return users.create_password_user(cast.globex, BOB, password, acting=OPERATOR)


def test_the_right_password_gives_a_token_for_an_hour(cast: Cast) -> None:
    answer = try_login("alice@acme.example")
    assert answer.status == 200
    assert {**answer.body, "access_token": ""} == {"access_token": "", "token_type": "bearer", "expires_in": 3600}
    assert answer.headers["Cache-Control"] == "no-store"
    assert not answer.headers.get("Set-Cookie")


def test_the_token_opens_what_its_owner_may_do(cast: Cast) -> None:
    found = logged_in("alice@acme.example").ask("GET", "/api/me").body
    assert (found["email"], found["permissions"][0]) == ("alice@acme.example", "Manage Roles")
    assert logged_in(BOB).ask("GET", "/api/me").body["permissions"] == []


@pytest.mark.parametrize("email", [" Bob@ACME.example ", "BOB@acme.example"])
def test_the_spelling_of_the_email_does_not_matter(cast: Cast, email: str) -> None:
    assert try_login(email).status == 200


@pytest.mark.parametrize("account", ["acme", "Acme", "ACME"])
def test_an_account_goes_by_its_address_or_name(cast: Cast, account: str) -> None:
    assert try_login(BOB, account=account).status == 200


def test_an_account_may_go_by_a_name_with_blanks(cast: Cast) -> None:
    Account.objects.filter(pk=cast.acme.pk).update(name="Straße & Söhne")
    assert try_login(BOB, account="STRASSE & söhne").status == 200


def test_every_failure_gets_the_same_answer(cast: Cast) -> None:
    users.create_from_login(cast.acme, "dana@acme.example", acting=OPERATOR)
    end_access.deprovision(cast.charlie.pk, cast.globex, acting=OPERATOR)
    tries = [
        try_login("alice@acme.example", "wrong"),
        try_login("nobody@acme.example"),
        try_login("not an e-mail"),
        try_login("petra@acme.example"),
        try_login("dana@acme.example"),
        try_login("charlie@globex.example"),
        try_login("alice@acme.example", account="globex"),
        try_login("alice@acme.example", account="nowhere"),
        try_login("alice@acme.example", account=str(cast.acme.pk)),
    ]
    assert {answer.status for answer in tries} == {401}
    assert {answer.headers["WWW-Authenticate"] for answer in tries} == {"Bearer"}
    assert len({answer.body["detail"] for answer in tries}) == 1


@pytest.mark.parametrize(("email", "account"), [("nobody@x.example", ""), (BOB, "globex"), (BOB, "nowhere"), (BOB, "")])
def test_every_failure_takes_the_same_work(cast: Cast, email: str, account: str) -> None:
    try_login("warm@x.example")
    with CaptureQueriesContext(connection) as known:
        try_login("alice@acme.example", "wrong")
    with CaptureQueriesContext(connection) as queries:
        try_login(email, "wrong", account)
    assert len(queries) == len(known)


def test_who_is_in_two_accounts_has_to_name_one(cast: Cast) -> None:
    bob_everywhere(cast)
    assert try_login(BOB).status == 401
    found = logged_in(BOB, account="globex").ask("GET", "/api/me").body
    assert found["account"] == "Globex"


def test_another_password_tells_two_accounts_apart(cast: Cast) -> None:
    bob_everywhere(cast, "another long password")
    assert logged_in(BOB).ask("GET", "/api/me").body["account"] == "Acme"


def test_an_account_in_the_body_counts_for_nothing(cast: Cast) -> None:
    body = {"email": BOB, "password": PASSWORD, "account": "globex", "permissions": ["Manage Users"]}
    answer = Program().ask("POST", "/api/accounts/login", body)
    assert answer.status == 200
    assert ApiToken.objects.get().permissions == []


def test_too_many_tries_are_locked_out_in_json(cast: Cast) -> None:
    answers = [try_login(BOB, "wrong") for _ in range(10)]
    assert [answer.status for answer in answers] == [401] * 9 + [429]
    locked = try_login(BOB.upper(), account="acme")
    assert (locked.status, locked.headers["Retry-After"]) == (429, "900")
    assert "Try again in 15 minutes" in locked.body["detail"]


def test_tries_at_the_page_and_here_are_counted_together(cast: Cast) -> None:
    for _ in range(5):
        try_login(BOB, "wrong")
        page = Client().post("/login", {"email": BOB, "password": "wrong"})
    assert page.status_code == 429


def test_a_success_forgets_the_failures_before(cast: Cast) -> None:
    User.objects.filter(pk=cast.bob.pk).update(email="Bob@Acme.example")
    try_login(BOB, "wrong")
    assert AccessAttempt.objects.exists()
    assert try_login(BOB).status == 200
    assert not AccessAttempt.objects.exists()


def test_it_leaves_what_a_login_at_the_page_leaves_and_no_session(cast: Cast) -> None:
    entries = AuditEntry.objects.count()
    logged_in(BOB)
    cast.bob.refresh_from_db()
    assert cast.bob.last_login is not None
    assert (AuditEntry.objects.count(), SignedInSession.objects.count()) == (entries, 0)


def test_it_expires_by_itself(cast: Cast) -> None:
    program = logged_in(BOB)
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert program.status("GET", "/api/me") == 401


def test_it_lives_no_longer_than_a_session_of_the_account(cast: Cast) -> None:
    account_settings.set_session_lifetimes(cast.acme, 5, 10, OPERATOR)
    assert try_login(BOB).body["expires_in"] == 600


def test_an_operator_may_choose_another_lifetime(cast: Cast, settings: Any) -> None:
    settings.SHORT_TOKEN_MINUTES = 5
    assert try_login(BOB).body["expires_in"] == 300


def end_all(bob: User) -> None:
    sessions.end_all(bob, acting=OPERATOR)


def new_password(bob: User) -> None:
    users.set_password(bob, "another long password", acting=OPERATOR)


def deprovisioned(bob: User) -> None:
    end_access.deprovision(bob.pk, bob.account, acting=OPERATOR)


def deprovisioned_and_restored(bob: User) -> None:
    deprovisioned(bob)
    end_access.restore(bob.pk, bob.account, acting=OPERATOR)


@pytest.mark.parametrize("end", [end_all, new_password, deprovisioned, deprovisioned_and_restored])
def test_the_next_request_is_refused_after_access_or_sessions_ended(cast: Cast, end: Any) -> None:
    program, other = logged_in(BOB), logged_in("alice@acme.example")
    assert program.status("GET", "/api/me") == 200
    end(cast.bob)
    assert program.status("GET", "/api/me") == 401
    assert other.status("GET", "/api/me") == 200


def test_it_is_no_token_for_provisioning(cast: Cast) -> None:
    assert logged_in("alice@acme.example").status("GET", "/api/scim/Users") == 401


def test_it_refuses_other_methods(cast: Cast) -> None:
    assert Program().status("GET", "/api/accounts/login") == 405
