"""The promises that the database keeps, whatever code asks it (`docs/architecture.md`)."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import (
    Account,
    AccountOwned,
    ApiToken,
    ConnectionDraft,
    ConnectionMove,
    ConsumedMessage,
    EmailDomain,
    ExternalIdentity,
    Group,
    GroupMembership,
    RecoveryCode,
    SignInTransaction,
    UnrecordedRefusals,
    User,
)
from spaces.models import Space, SpaceMembership, SpaceRole
from tests.support.cast import Cast
from tests.support.factories import mapped_group, oidc_connection, saml_connection

pytestmark = pytest.mark.django_db
OWNED = [model for model in apps.get_models() if issubclass(model, AccountOwned)]


def user(cast: Cast, **values: Any) -> User:
    own = {"account": cast.acme, "email": "new@acme.example", "account_role": cast.bob.account_role, "origin": "sso"}
    return User.objects.create(**{**own, "password": "!", **values})


def sign_in(cast: Cast, **values: Any) -> SignInTransaction:
    okta = saml_connection(cast.acme)
    own = {"account": cast.acme, "connection": okta, "state_digest": uuid.uuid4().hex, "expires_at": timezone.now()}
    return SignInTransaction.objects.create(**{**own, **values})


def identity(cast: Cast, **values: Any) -> ExternalIdentity:
    connection = values.pop("connection", None) or saml_connection(cast.acme)
    return ExternalIdentity.objects.create(account=cast.acme, connection=connection, user=cast.bob, **values)


def counted_hour(connection: Any) -> UnrecordedRefusals:
    at = timezone.now().replace(minute=0, second=0, microsecond=0)
    return UnrecordedRefusals.objects.create(
        account=connection.account, connection=connection, hour=at, latest_at=at, reason="r"
    )


def move(source: Any, target: Any, **values: Any) -> ConnectionMove:
    own = {"account": source.account, "source": source, "target": target, "started_at": timezone.now()}
    return ConnectionMove.objects.create(**own, **values)


def twice(make: Callable[..., Any], **values: Any) -> None:
    make(**values)
    make(**values)


BROKEN: dict[str, Callable[[Cast], Any]] = {
    "logins that are kept for no time": lambda c: Account.objects.filter(pk=c.acme.pk).update(login_retention_days=0),
    "an e-mail of the account in other letter case": lambda c: user(c, email="BOB@ACME.example"),
    "a user name of the account in other letter case": lambda c: user(c, user_name="PETRA@acme.example"),
    "a pending user with a password": lambda c: user(c, state="pending", password="argon2$x"),
    "a user state that does not exist": lambda c: user(c, state="asleep"),
    "a user without an e-mail": lambda c: user(c, email=" "),
    "a subject again at its connection": lambda c: twice(
        identity, cast=c, subject="s", connection=saml_connection(c.acme)
    ),
    "an hour of counted refusals again": lambda c: twice(counted_hour, connection=saml_connection(c.acme)),
    "a second open move between two connections": lambda c: twice(
        move, source=saml_connection(c.acme), target=saml_connection(c.acme)
    ),
    "a move that ended before its start": lambda c: move(
        saml_connection(c.acme), saml_connection(c.acme), ended_at=timezone.now() - timedelta(seconds=5)
    ),
    "an identity without a subject": lambda c: identity(c, subject=""),
    "an identity synced further than received": lambda c: identity(c, subject="s", synced_sequence=1),
    "an IdP identifier again, a GUID in other letter case": lambda c: [
        mapped_group(c.acme, "A", "0c6a7e0e-5d0c-4a43-9a53-0c6f0e6a1f11"),
        Group.objects.create(account=c.acme, name="B", idp_identifier="0C6A7E0E-5D0C-4A43-9A53-0C6F0E6A1F11"),
    ],
    "a group name again": lambda c: [
        mapped_group(c.acme, "A"),
        Group.objects.create(account=c.acme, name="A"),
    ],
    "a second role in a space": lambda c: [
        SpaceMembership.objects.create(account=c.acme, user=c.bob, space=c.space("QA"), role=role, origin="manual")
        for role in SpaceRole.objects.filter(account=c.acme)
    ],
    "a second membership in a group": lambda c: twice(
        GroupMembership.objects.create, account=c.acme, user=c.bob, group=mapped_group(c.acme, "A"), origin="idp"
    ),
    "a membership of unknown origin": lambda c: GroupMembership.objects.create(
        account=c.acme, user=c.bob, group=mapped_group(c.acme, "A"), origin="dream"
    ),
    "a space name with a comma": lambda c: Space.objects.create(account=c.acme, name="Ops, EU"),
    "a space name with a blank at its end": lambda c: Space.objects.create(account=c.acme, name="Ops "),
    "a space name again": lambda c: Space.objects.create(account=c.acme, name="QA"),
    "a space role name with a comma": lambda c: SpaceRole.objects.create(account=c.acme, name="A,B"),
    "a live SAML connection without a certificate": lambda c: saml_connection(c.acme, idp_certificates=""),
    "a live OIDC connection without a client ID": lambda c: saml_connection(
        c.acme, protocol="oidc", issuer="https://x"
    ),
    "a live connection by a key that it does not have": lambda c: oidc_connection(c.acme, client_auth="private_key"),
    "a clock skew over five minutes": lambda c: saml_connection(c.acme, clock_skew=301),
    "a NameID format that SAML has not": lambda c: saml_connection(c.acme, name_id_policy="urn:x"),
    "a comparison that SAML has not": lambda c: saml_connection(c.acme, authn_comparison="about"),
    "a second draft of a connection": lambda c: twice(
        ConnectionDraft.objects.create, account=c.acme, connection=saml_connection(c.acme)
    ),
    "a client secret in a draft that changes none": lambda c: ConnectionDraft.objects.create(
        account=c.acme, connection=saml_connection(c.acme), client_secret="s3cret"
    ),
    "a message id again at its connection": lambda c: twice(
        ConsumedMessage.objects.create,
        account=c.acme,
        connection=saml_connection(c.acme),
        message_id="m",
        expires_at=timezone.now(),
    ),
    "a sign-in consumed before it was answered": lambda c: sign_in(c, consumed_at=timezone.now()),
    "a sign-in that keeps its answer after use": lambda c: sign_in(
        c, answer="{}", answered_at=timezone.now(), consumed_at=timezone.now() + timedelta(seconds=1)
    ),
    "a token digest again": lambda c: twice(
        ApiToken.objects.create, account=c.acme, user=c.bob, name="t", prefix="tsso_", digest="d"
    ),
    "a token of unknown kind": lambda c: ApiToken.objects.create(account=c.acme, user=c.bob, kind="tiny"),
    "a short token without an end": lambda c: ApiToken.objects.create(account=c.acme, user=c.bob, kind="short"),
    "a short token of an account": lambda c: ApiToken.objects.create(
        account=c.acme, kind="short", expires_at=timezone.now()
    ),
    "a short token that a token made": lambda c: ApiToken.objects.create(
        account=c.acme,
        user=c.bob,
        kind="short",
        expires_at=timezone.now(),
        made_by=ApiToken.objects.create(account=c.acme, user=c.bob),
    ),
    "a token that made itself": lambda c: ApiToken.objects.create(
        account=c.acme, user=c.bob, id=(key := uuid.uuid4()), made_by_id=key
    ),
    "a recovery code used at no time": lambda c: RecoveryCode.objects.create(account=c.acme, used_by=c.alice),
    "a domain verified by two accounts": lambda c: EmailDomain.objects.create(
        account=c.globex, domain="acme.example", proved_at=timezone.now()
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses(cast: Cast, name: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        BROKEN[name](cast)


def test_the_same_email_may_exist_in_another_account(cast: Cast) -> None:
    role = cast.charlie.account_role
    assert user(cast, account=cast.globex, account_role=role, email="bob@acme.example").pk


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model.__name__)
def test_a_unique_key_starts_with_the_account_unless_it_must_be_global(model: type[AccountOwned]) -> None:
    # All but the first are read by cleaning up alone, over all accounts.
    on_purpose = {"email_domain_has_one_proved_owner", "provisioning_oldest_first", "login_with_a_message"}
    for constraint in model._meta.total_unique_constraints:
        assert constraint.name in on_purpose or constraint.fields[0] == "account", constraint.name
    for index in model._meta.indexes:
        first = index.fields[0] if index.fields else index.expressions[0].name
        assert index.name in on_purpose or first == "account", index.name
