"""Removing external identities."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.audit.audit import OPERATOR, person
from accounts.connections.identities import remove_identities_of, remove_identity
from accounts.errors import ActionRefused
from accounts.models import AuditEntry, ExternalIdentity, SignedInSession, User
from accounts.permissions import Permission
from accounts.rights import PermissionsExceeded
from accounts.users import users
from accounts.users.protection import Protected
from tests.conftest import LogIn
from tests.support.cast import Cast
from tests.support.factories import claims, known_at, oidc_connection, saml_connection
from tests.support.holders import holder

pytestmark = pytest.mark.django_db


def session(identity: ExternalIdentity) -> SignedInSession:
    now = timezone.now()
    owned = {"account": identity.account, "user": identity.user, "connection": identity.connection}
    row: SignedInSession = SignedInSession.objects.create(
        **owned, identity=identity, key_digest=str(identity.pk), last_seen_at=now, ends_at=now + timedelta(hours=1)
    )
    return row


def sso_user(cast: Cast, email: str, role: str = "Account Member") -> User:
    user = users.provision_pending(cast.acme, email, acting=OPERATOR, account_role=users.role_named(cast.acme, role))
    User.objects.filter(pk=user.pk).update(state="active")
    user.refresh_from_db()
    return user


def test_the_next_login_links_again(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme)
    dana = log_in(claims(okta, subject="old"), okta).user
    remove_identity(dana.identities.get(), acting=person(cast.alice))
    assert log_in(claims(okta, subject="new"), okta).user == dana
    assert [row.subject for row in dana.identities.all()] == ["new"]


def test_sessions_opened_with_it_end_and_others_stay(cast: Cast) -> None:
    okta, entra = saml_connection(cast.acme), oidc_connection(cast.acme)
    removed, kept = session(known_at(okta, cast.bob)), session(known_at(entra, cast.bob))
    done = remove_identity(removed.identity, acting=OPERATOR)  # type: ignore[arg-type]
    removed.refresh_from_db()
    kept.refresh_from_db()
    assert (done.identities, done.sessions) == (1, 1)
    assert removed.ended_at is not None
    assert kept.ended_at is None


def test_it_is_in_the_audit_log(cast: Cast) -> None:
    opened = session(known_at(saml_connection(cast.acme, name="Okta"), cast.bob))
    subject = opened.identity.subject  # type: ignore[union-attr]
    remove_identity(opened.identity, acting=person(cast.alice))  # type: ignore[arg-type]
    entry = AuditEntry.objects.get(action="user.identity-removed")
    assert (entry.object_id, entry.actor) == (cast.bob.pk, "alice@acme.example")
    assert entry.changes == {"identity": [f"Okta: {subject}", None], "sessions": [[str(opened.pk)], []]}


def test_nobody_removes_that_of_somebody_with_more_permissions(cast: Cast) -> None:
    identity = known_at(saml_connection(cast.acme), cast.alice)
    with pytest.raises(PermissionsExceeded):
        remove_identity(identity, acting=person(holder(cast.acme, Permission.MANAGE_USERS)))
    assert ExternalIdentity.objects.filter(pk=identity.pk).exists()


def test_one_that_is_gone_is_refused_in_words(cast: Cast) -> None:
    identity = known_at(saml_connection(cast.acme), cast.bob)
    remove_identity(identity, acting=OPERATOR)
    with pytest.raises(ActionRefused, match="removed already"):
        remove_identity(identity, acting=OPERATOR)


def test_of_many_those_with_more_permissions_keep_theirs_and_are_named(cast: Cast) -> None:
    okta = saml_connection(cast.acme)
    for user in (cast.alice, cast.bob):
        known_at(okta, user)
    acting = person(holder(cast.acme, Permission.MANAGE_USERS))
    done = remove_identities_of([cast.alice.pk, cast.bob.pk], cast.acme, acting=acting)
    assert done.identities == 1
    assert "alice@acme.example" in done.refused[0]
    assert ExternalIdentity.objects.get().user == cast.alice


def test_of_another_account_nothing_is_removed(cast: Cast) -> None:
    known_at(saml_connection(cast.globex), cast.charlie)
    assert remove_identities_of([cast.charlie.pk], cast.acme, acting=OPERATOR).identities == 0
    assert ExternalIdentity.objects.count() == 1


def test_one_connection_forgets_and_another_does_not(cast: Cast) -> None:
    okta, entra = saml_connection(cast.acme), oidc_connection(cast.acme)
    known_at(okta, cast.bob)
    known_at(entra, cast.bob)
    assert remove_identities_of([cast.bob.pk], cast.acme, acting=OPERATOR, connection=okta).identities == 1
    assert ExternalIdentity.objects.get().connection == entra


def last_admin(cast: Cast, email: str) -> ExternalIdentity:
    admin = sso_user(cast, email, "Account Admin")
    member = users.role_named(cast.acme, "Account Member")
    User.objects.filter(pk=cast.alice.pk).update(account_role=member)
    return known_at(saml_connection(cast.acme), admin)


def test_the_last_account_admin_keeps_the_only_way_to_sign_in(cast: Cast) -> None:
    identity = last_admin(cast, "root@elsewhere.example")
    with pytest.raises(Protected, match="last account admin"):
        remove_identity(identity, acting=OPERATOR)
    refused = remove_identities_of([identity.user_id], cast.acme, acting=OPERATOR).refused
    assert "last account admin" in refused[0]


def test_the_last_account_admin_of_a_verified_domain_links_again(cast: Cast, log_in: LogIn) -> None:
    identity = last_admin(cast, "root@acme.example")
    remove_identity(identity, acting=OPERATOR)
    found = log_in(claims(identity.connection, email="root@acme.example"), identity.connection)
    assert found.user == identity.user
