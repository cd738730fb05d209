"""Sessions, API tokens and the password link of a user."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains

from accounts.audit.audit import OPERATOR
from accounts.models import ApiToken, SignedInSession, User
from accounts.tokens import tokens
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def address(person: User, more: str = "") -> str:
    return f"/users/{person.pk}{more}"


def test_their_sessions_are_ended_one_or_all(as_alice_of: Client, cast: Cast) -> None:
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.force_login(cast.bob)
    first = SignedInSession.objects.filter(user=cast.bob).order_by("created_at").first()
    assert first is not None
    as_alice_of.post(address(cast.bob, f"/sessions/{first.pk}/end"))
    assert [browser.get("/").status_code for browser in browsers] == [302, 200]
    assertContains(as_alice_of.post(address(cast.bob, "/sessions/end")), "End all sessions of bob@acme.example?")
    as_alice_of.post(address(cast.bob, "/sessions/end"), {"confirmed": "yes"})
    assert browsers[1].get("/").status_code == 302


def test_a_session_is_ended_only_through_its_own_person(as_alice_of: Client, cast: Cast) -> None:
    Client().force_login(cast.charlie)
    theirs = SignedInSession.objects.get(user=cast.charlie)
    assert as_alice_of.post(address(cast.bob, f"/sessions/{theirs.pk}/end")).status_code == 404


def test_their_tokens_are_shown_and_revoked(as_alice_of: Client, cast: Cast) -> None:
    token, _ = tokens.issue_token(cast.bob, "deploy", [], acting=OPERATOR)
    assertContains(as_alice_of.get(address(cast.bob)), token.prefix)
    revoke = address(cast.bob, f"/tokens/{token.pk}/revoke")
    assertContains(as_alice_of.post(revoke), "Revoke the token &#x27;deploy&#x27; of bob@acme.example?")
    as_alice_of.post(revoke, {"confirmed": "yes"})
    assert ApiToken.objects.get(pk=token.pk).revoked_at is not None
    assert as_alice_of.post(address(cast.petra, f"/tokens/{token.pk}/revoke")).status_code == 404


def test_a_pending_person_has_no_password_link(as_alice_of: Client, cast: Cast) -> None:
    page = as_alice_of.post(address(cast.petra, "/password-link"), {"confirmed": "yes"}, follow=True)
    assertContains(page, "Expected an active user who signs in with a password")
