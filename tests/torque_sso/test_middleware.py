"""A session lives as long as its row lets it (R1 to R6), and looking at the row costs one query."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.db.models import QuerySet
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts import sessions
from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import end_access
from accounts.models import Account, SignedInSession
from accounts.tokens import tokens
from tests.support.cast import PASSWORD, Cast
from torque_sso.middleware import RequestLogMiddleware

pytestmark = pytest.mark.django_db
BACKEND = "accounts.authentication.AccountBackend"


@pytest.fixture
def browser(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.bob, BACKEND)
    return client


def row() -> SignedInSession:
    return SignedInSession.objects.get(ended_at=None)


def is_in(client: Client) -> bool:
    return client.get("/api/me").status_code == 200


def minutes_ago(count: int) -> Any:
    return timezone.now() - timedelta(minutes=count, seconds=1)


def test_a_session_without_a_row_is_refused(browser: Client) -> None:
    assert is_in(browser)
    SignedInSession.objects.all().delete()
    assert not is_in(browser)


def test_a_session_that_was_ended_elsewhere_is_refused_at_the_next_request(browser: Client) -> None:
    sessions.end(row(), acting=OPERATOR)
    assert not is_in(browser)
    assert "_auth_user_id" not in browser.session


def test_a_session_with_the_row_of_somebody_else_is_refused(cast: Cast, browser: Client) -> None:
    SignedInSession.objects.update(user=cast.alice)
    assert not is_in(browser)


@pytest.mark.parametrize(("minutes", "lives"), [(118, True), (120, False)])
def test_a_session_ends_after_two_hours_without_a_request(browser: Client, minutes: int, lives: bool) -> None:
    SignedInSession.objects.update(last_seen_at=minutes_ago(minutes))
    assert is_in(browser) is lives


def test_a_session_that_is_idle_for_the_accounts_own_time_ends(cast: Cast, browser: Client) -> None:
    Account.objects.filter(pk=cast.acme.pk).update(session_idle_minutes=5)
    SignedInSession.objects.update(last_seen_at=minutes_ago(5))
    assert not is_in(browser)
    assert SignedInSession.objects.get().ended_by == "idle"


def test_a_session_ends_when_its_time_is_over_however_busy_it_is(browser: Client) -> None:
    SignedInSession.objects.update(ends_at=timezone.now())
    assert not is_in(browser)
    assert SignedInSession.objects.get().ended_by == "over"


def test_a_shorter_lifetime_holds_for_sessions_that_are_open_already(cast: Cast, browser: Client) -> None:
    SignedInSession.objects.update(created_at=minutes_ago(60))
    assert is_in(browser)
    Account.objects.filter(pk=cast.acme.pk).update(session_absolute_minutes=60)
    assert not is_in(browser)


def test_a_request_is_noted_at_most_once_a_minute(browser: Client) -> None:
    lately, before = timezone.now() - timedelta(seconds=30), minutes_ago(1)
    SignedInSession.objects.update(last_seen_at=lately)
    assert is_in(browser)
    assert row().last_seen_at == lately
    SignedInSession.objects.update(last_seen_at=before)
    assert is_in(browser)
    assert row().last_seen_at > before


def test_a_signed_in_request_asks_for_the_row_once(browser: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3) as asked:  # Django's session, our row, the person
        browser.get("/login")
    assert sum("signedinsession" in query["sql"] for query in asked) == 1


def test_a_stranger_costs_no_query(db: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        Client().get("/login/sso")


def test_a_token_costs_no_query_about_sessions(cast: Cast, django_assert_max_num_queries: Any) -> None:
    token = tokens.issue_token(cast.alice, "test", ["Manage Users"], acting=OPERATOR)[1]
    with django_assert_max_num_queries(20) as asked:
        assert Client().get("/api/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    tables = ("django_session", "accounts_signedinsession")
    assert not [query["sql"] for query in asked if any(table in query["sql"] for table in tables)]


def test_the_cookie_lives_as_long_as_the_session(cast: Cast) -> None:
    answer = Client().post("/login", {"email": "bob@acme.example", "password": PASSWORD})
    assert answer.cookies["session"]["max-age"] == pytest.approx(720 * 60, abs=5)


def test_the_row_follows_a_key_that_is_cycled(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    before = browser.session.session_key
    with monkeypatch.context() as once:
        once.setattr("torque_sso.urls.Me.initial", lambda view, request: request.session.cycle_key())
        browser.get("/api/me")
    assert browser.session.session_key != before
    assert is_in(browser)


def test_signing_in_anew_changes_the_key_and_ends_the_session_before(cast: Cast, browser: Client) -> None:
    before, key = row(), browser.session.session_key
    browser.post("/login", {"email": "bob@acme.example", "password": PASSWORD})
    before.refresh_from_db()
    assert before.ended_by == "signed in anew"
    assert browser.session.session_key != key
    assert is_in(browser)


def test_a_database_that_takes_no_writes_keeps_nobody_from_reading(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any, **options: Any) -> int:
        raise OperationalError("database or disk is full")

    SignedInSession.objects.update(last_seen_at=minutes_ago(1))
    monkeypatch.setattr(QuerySet, "update", full)
    assert is_in(browser)


def test_a_person_who_is_let_go_is_out_at_the_next_request_and_stays_out_when_restored(
    cast: Cast, browser: Client
) -> None:
    end_access.deprovision(cast.bob.id, cast.acme, acting=OPERATOR)
    assert not is_in(browser)
    end_access.restore(cast.bob.id, cast.acme, acting=OPERATOR)
    assert not is_in(browser)


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("/groups?page=2", "GET /groups"),
        ("/api/accounts/idp-callback?code=secret&state=secret", "GET /api/accounts/idp-callback"),
        ("/set-password/0c6a7e0e-5d0c-4a43-9a53-0c6f0e6a1f11/secret", "GET /set-password/***"),
    ],
)
def test_secrets_of_an_address_are_not_written(address: str, written: str) -> None:
    assert RequestLogMiddleware.format_request(RequestFactory().get(address)) == written


REFUSED: dict[str, Callable[[str], Any]] = {
    "not found": lambda path: Client().get(path),
    "another method": lambda path: Client().put(path),
    "another site": lambda path: Client(enforce_csrf_checks=True).post(path),
}


@pytest.mark.django_db
@pytest.mark.parametrize("ask", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("link", ["/set-password", "/login/recovery"])
def test_django_writes_no_one_time_token_of_a_refused_request(
    ask: Callable[[str], Any], link: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The link may be live: the form was posted without its cookie, or a tool asked with another method."""
    ask(f"{link}/0c6a7e0e-5d0c-4a43-9a53-0c6f0e6a1f11/abcdef-one-time-token")
    assert f"{link}/***" in caplog.text
    assert "one-time-token" not in caplog.text
