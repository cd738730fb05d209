"""Signed-in sessions, as their services are called."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import sessions
from accounts.audit.audit import OPERATOR, person
from accounts.models import AuditEntry, ExternalIdentity, SignedInSession, User
from accounts.users import users
from tests.support.cast import Cast
from tests.support.factories import saml_connection

pytestmark = pytest.mark.django_db


def signed_in(user: User, **values: Any) -> SignedInSession:
    Client().force_login(user, "accounts.authentication.AccountBackend")
    row = SignedInSession.objects.filter(user=user).latest("created_at")
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    return row


def ended(row: SignedInSession) -> bool:
    row.refresh_from_db()
    return row.ended_at is not None


def test_no_session_key_is_kept(cast: Cast) -> None:
    browser = Client()
    browser.force_login(cast.bob, "accounts.authentication.AccountBackend")
    assert browser.session.session_key not in str(SignedInSession.objects.values().get())


def test_ending_twice_is_ending_once(cast: Cast) -> None:
    row = signed_in(cast.bob)
    assert [sessions.end(row, acting=OPERATOR) for _ in range(2)] == [True, False]
    assert AuditEntry.objects.filter(action="user.sessions-ended").count() == 1


def test_an_ended_session_keeps_nothing_for_its_logout(cast: Cast) -> None:
    row = signed_in(cast.bob, logout_hints=json.dumps({"id_token": "x.y.z"}))
    sessions.end(row, acting=OPERATOR)
    row.refresh_from_db()
    assert row.logout_hints == ""


def test_ending_all_may_spare_one_and_is_one_audit_entry(cast: Cast) -> None:
    rows = [signed_in(cast.bob) for _ in range(3)]
    assert sessions.end_all(cast.bob, acting=person(cast.alice), but=rows[1]) == 2
    assert [ended(row) for row in rows] == [True, False, True]
    assert AuditEntry.objects.get(action="user.sessions-ended").object_id == cast.bob.id


def test_ending_all_of_one_person_leaves_others_alone(cast: Cast) -> None:
    hers = signed_in(cast.alice)
    assert sessions.end_all(cast.bob, acting=OPERATOR) == 0
    assert not ended(hers)
    assert not AuditEntry.objects.filter(action="user.sessions-ended").exists()


def test_an_identity_provider_that_names_nothing_ends_nothing(cast: Cast) -> None:
    okta = saml_connection(cast.acme)
    row = signed_in(cast.bob, connection=okta)
    assert sessions.end_at_idp(okta, acting=OPERATOR) == 0
    assert not ended(row)


def test_an_identity_provider_may_name_a_session_or_a_person_or_a_name_id(cast: Cast) -> None:
    okta = saml_connection(cast.acme)
    identity = ExternalIdentity.objects.create(
        account=cast.acme, connection=okta, user=cast.bob, subject="00u1bob", issuer="x"
    )
    by_session = signed_in(cast.bob, connection=okta, idp_session="_s1")
    by_subject = signed_in(cast.bob, connection=okta, identity=identity)
    by_name_id = signed_in(cast.bob, connection=okta, logout_hints=json.dumps({"name_id": "bob@acme.example"}))
    assert sessions.end_at_idp(okta, idp_session="_s1", acting=OPERATOR) == 1
    assert [ended(row) for row in (by_session, by_subject, by_name_id)] == [True, False, False]
    assert sessions.end_at_idp(okta, subject="00u1bob", acting=OPERATOR) == 1
    assert (
        sessions.end_at_idp(okta, is_named=lambda hints: hints.get("name_id") == "bob@acme.example", acting=OPERATOR)
        == 1
    )
    assert all(ended(row) for row in (by_subject, by_name_id))


def test_a_session_and_a_name_id_both_have_to_fit(cast: Cast) -> None:
    okta = saml_connection(cast.acme)
    row = signed_in(cast.bob, connection=okta, idp_session="_s1", logout_hints=json.dumps({"name_id": "bob"}))
    assert (
        sessions.end_at_idp(
            okta, idp_session="_s1", is_named=lambda hints: hints["name_id"] == "alice", acting=OPERATOR
        )
        == 0
    )
    assert not ended(row)


def test_a_new_password_ends_the_sessions_of_the_old_one(cast: Cast) -> None:
    row = signed_in(cast.bob)
    users.set_password(cast.bob, "a sentence nobody else has", acting=OPERATOR)
    assert ended(row)


OVER: dict[str, dict[str, timedelta]] = {
    "ends_at": {"ends_at": timedelta(seconds=1)},
    "idle": {"last_seen_at": timedelta(minutes=121)},
    "absolute": {"created_at": timedelta(minutes=721)},
}


@pytest.mark.parametrize("ago", OVER.values(), ids=OVER)
def test_what_is_over_is_not_listed_and_closed_by_the_sweep(cast: Cast, ago: dict[str, timedelta]) -> None:
    over, lives, theirs = signed_in(cast.bob), signed_in(cast.bob), signed_in(cast.charlie)
    times = {name: timezone.now() - difference for name, difference in ago.items()}
    SignedInSession.objects.filter(pk=over.pk).update(**times)
    assert sessions.open_sessions(cast.bob) == [lives]
    assert sessions.close_over() == 1
    assert [ended(row) for row in (over, lives, theirs)] == [True, False, False]


def test_the_sweep_follows_each_accounts_own_lifetimes(cast: Cast) -> None:
    cast.globex.session_idle_minutes = 5
    cast.globex.save()
    rows = signed_in(cast.bob), signed_in(cast.charlie)
    SignedInSession.objects.update(last_seen_at=timezone.now() - timedelta(minutes=6))
    assert sessions.close_over() == 1
    assert [ended(row) for row in rows] == [False, True]
