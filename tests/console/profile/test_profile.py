"""A person sees where they are logged in, and ends it (R6)."""

from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import AuditEntry, Connection, SignedInSession, User
from tests.support.cast import PASSWORD

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def at_home(alice: User) -> Client:
    """Alice's other browser."""
    browser = Client(headers={"User-Agent": FIREFOX}, REMOTE_ADDR="192.0.2.7")
    browser.post("/login", {"email": "alice@acme.example", "password": PASSWORD})
    return browser


def is_in(browser: Client) -> bool:
    return browser.get("/api/me").status_code == 200


def row_of(browser: Client) -> SignedInSession:
    return SignedInSession.objects.get(key_digest=sha256(browser.session.session_key.encode()).hexdigest())


def test_it_shows_each_session_in_words(as_alice: Client, at_home: Client) -> None:
    page = as_alice.get("/profile")
    assertContains(page, "Firefox on Windows")
    assertContains(page, "192.0.2.7")
    assertContains(page, "password")
    assertContains(page, ">this session<", count=1)


def test_it_tells_who_i_am_and_my_time_zone(as_alice: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(timezone="Asia/Tokyo")
    page = as_alice.get("/profile")
    for text in ("alice@acme.example", "Account Admin", "<dd>Asia/Tokyo</dd>", "<dd>password</dd>"):
        assertContains(page, text)


def test_it_names_the_connection_that_a_session_came_through(as_alice: Client, entra: Connection) -> None:
    SignedInSession.objects.update(connection=entra)
    assertContains(as_alice.get("/profile"), "Acme Entra")


def test_it_does_not_show_what_is_over(as_alice: Client, at_home: Client) -> None:
    SignedInSession.objects.filter(pk=row_of(at_home).pk).update(last_seen_at=timezone.now() - timedelta(hours=3))
    assertNotContains(as_alice.get("/profile"), "Firefox on Windows")


def test_it_does_not_show_other_people(at_home: Client, client: Client, bob: User) -> None:
    client.force_login(bob, "accounts.authentication.AccountBackend")
    assertNotContains(client.get("/profile"), "Firefox on Windows")


def test_ending_a_session_refuses_its_next_request(as_alice: Client, at_home: Client) -> None:
    answer = as_alice.post(f"/profile/sessions/{row_of(at_home).pk}/end")
    assertRedirects(answer, "/profile")
    assert (is_in(at_home), is_in(as_alice)) == (False, True)


def test_ending_all_others_keeps_this_one(as_alice: Client, at_home: Client) -> None:
    page = as_alice.post("/profile/sessions/end-others", follow=True)
    assertContains(page, "1 other session has ended.")
    assert (is_in(at_home), is_in(as_alice)) == (False, True)


def test_it_is_written_in_the_audit_log(as_alice: Client, at_home: Client) -> None:
    ended = row_of(at_home)
    as_alice.post("/profile/sessions/end-others")
    entry = AuditEntry.objects.get(action="user.sessions-ended")
    assert (entry.actor, entry.changes) == ("alice@acme.example", {"sessions": [[str(ended.pk)], []]})


def test_somebody_elses_session_is_not_there(at_home: Client, client: Client, bob: User) -> None:
    client.force_login(bob, "accounts.authentication.AccountBackend")
    for key in (row_of(at_home).pk, UUID(int=7)):
        assert client.post(f"/profile/sessions/{key}/end").status_code == 404
    assert is_in(at_home)


@pytest.mark.parametrize("path", ["/profile/sessions/end-others", f"/profile/sessions/{UUID(int=7)}/end"])
def test_ending_is_a_post_with_a_token_of_the_page(as_alice: Client, path: str) -> None:
    assert as_alice.get(path).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = as_alice.cookies
    assert strict.post(path).status_code == 403


@pytest.mark.parametrize("path", ["/profile", "/profile/sessions/end-others"])
def test_a_stranger_is_asked_to_log_in(client: Client, db: None, path: str) -> None:
    answer = client.get(path) if path == "/profile" else client.post(path)
    assertRedirects(answer, f"/login?next={path}")


@pytest.mark.parametrize("others", [1, 5])
def test_it_asks_the_database_as_often_for_many_sessions(
    as_alice: Client, alice: User, others: int, django_assert_num_queries: Any
) -> None:
    for _ in range(others):
        Client().force_login(alice, "accounts.authentication.AccountBackend")
    with django_assert_num_queries(6):  # Django's session, its row, the person, their permissions, the lists
        as_alice.get("/profile")
