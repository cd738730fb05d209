"""A session that is ended at several places at once ends once."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import sessions
from accounts.audit.audit import OPERATOR
from accounts.models import AuditEntry, Connection, SignedInSession
from accounts.sso.logout import oidc_views
from accounts.sso.logout.oidc_views import Logout
from accounts.sso.refusal import LoginRefused
from tests.integration.test_races import AT_ONCE, at_once
from tests.support.cast import Cast
from tests.support.factories import oidc_connection

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def okta(cast: Cast) -> Connection:
    connection = oidc_connection(cast.acme)
    for _ in range(20):
        Client().force_login(cast.bob, "accounts.authentication.AccountBackend")
    for session in SignedInSession.objects.all():
        session.connection, session.idp_session = connection, "s1"
        session.logout_hints = json.dumps({"id_token": "x"})
        session.save()
    return connection


def entries() -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action="user.sessions-ended"))


def test_all_sessions_of_a_person_are_ended_once(cast: Cast, okta: Connection) -> None:
    ended = at_once(*[lambda: sessions.end_all(cast.bob, acting=OPERATOR)] * AT_ONCE)
    assert sum(ended) == 20
    assert sum(len(entry.changes["sessions"][0]) for entry in entries()) == 20


def test_a_logout_token_at_four_places_works_once(okta: Connection) -> None:
    logout = Logout("s1", "", "logout jti-1", timezone.now() + timedelta(minutes=5))
    done = at_once(*[lambda: oidc_views._end(okta, logout, OPERATOR)] * AT_ONCE)
    refused = [one.code for one in done if isinstance(one, LoginRefused)]
    assert refused == ["logout-replayed"] * (AT_ONCE - 1)
    assert len(entries()) == 1


def test_the_sweep_and_an_admin_do_not_wait_for_each_other(cast: Cast, okta: Connection) -> None:
    SignedInSession.objects.update(last_seen_at=timezone.now() - timedelta(hours=3))
    at_once(sessions.close_over, lambda: sessions.end_all(cast.bob, acting=OPERATOR), sessions.close_over)
    sessions.close_over()
    assert not SignedInSession.objects.filter(ended_at=None).exists()
