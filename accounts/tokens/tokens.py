"""API tokens: `tsso_` + 160 random bits in base32 + checksum; only the SHA-256 digest is stored (R36, R37)."""

import base64
import hashlib
import hmac
import json
import secrets
import zlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.errors import ActionRefused
from accounts.models import Account, ApiToken, Connection, User
from accounts.models.token import TokenKind
from accounts.models.user import UserState
from accounts.passwords import policy as password_policy
from accounts.permissions import Permission
from accounts.rights import PermissionsExceeded, account_permissions, check_has, check_may_act_on
from common.db import statements

PREFIX = "tsso_"
SHOWN_CHARACTERS = 12
USE_IS_NOTED_EVERY = timedelta(minutes=1)
LONGEST_DAYS = 365  # of a token that a program asks for (R38)
LONGEST_BY_OPERATOR = 3650
_REMOVED_AT_ONCE = 5_000
_READ = (
    *("id", "kind", "account", "user", "session_epoch", "name", "digest", "permissions"),
    *("expires_at", "last_used_at", "revoked_at", "connection"),
)
_OF_ACCOUNT = ("id", "name", "slug", "last_user_number", "user_count", "hold_mass_departures")
# It comes before every request of a program, so it is one query, and the ORM has no part in it.
_WITH_ACCOUNT_AND_OWNER = f"""
SELECT owner.state, owner.session_epoch, role.permissions,
 (SELECT MIN(CAST(id AS text)) || ' ' || MAX(CAST(id AS text)) FROM accounts_connection
  WHERE accounts_connection.account_id = accounts_apitoken.account_id AND state <> 'draft'),
 {statements.columns(Account, _OF_ACCOUNT)}, {statements.columns(ApiToken, _READ)}
FROM accounts_apitoken
JOIN accounts_account ON accounts_account.id = accounts_apitoken.account_id
LEFT JOIN accounts_user owner ON owner.id = accounts_apitoken.user_id
LEFT JOIN accounts_accountrole role ON role.id = owner.account_role_id
WHERE accounts_apitoken.digest = %s
"""  # noqa: S608  # names from the models


@transaction.atomic
def issue_token(
    user: User,
    name: str,
    permissions: Iterable[str],
    *,
    expires_at: datetime | None = None,
    through: ApiToken | None = None,
    connection: Connection | None = None,
    acting: Actor,
) -> tuple[ApiToken, str]:
    """A new token and its text, which is shown this once. `through`: the token that asked for it, if one did.
    `connection`: the one that provisioning with it speaks for; a token that names one gives no other.

    Raises PermissionsExceeded for a permission that the owner, `through` or the acting person lacks, and for an owner
    who has more than the acting person; ActionRefused where the access of the owner or `through` ended meanwhile.
    """
    asked, owner = set(permissions), _unchanged(user)
    if lacking := asked - account_permissions(owner):
        raise PermissionsExceeded(
            "token-exceeds-owner",
            f"A token can only have permissions of its owner; {owner.email} lacks {', '.join(sorted(lacking))}.",
        )
    if through is not None:
        _check_within_token(through, asked)
    check_may_act_on([owner], acting)
    check_has(asked, owner.account_id, acting, f"The token '{name}' would have")
    row = _owned_by(owner)
    row.made_by = through
    row.connection_id = through.connection_id if through is not None else None
    return _issue(row, name, asked, expires_at, acting, connection)


def _check_within_token(through: ApiToken, asked: set[str]) -> None:
    """Raises PermissionsExceeded, and ActionRefused when the token has ended meanwhile."""
    if lacking := asked - set(through.permissions):
        raise PermissionsExceeded(
            "token-exceeds-token",
            f"A token can only have permissions of the token that requests it; it lacks {', '.join(sorted(lacking))}.",
        )
    rows = ApiToken.objects.in_account(through.account_id).filter(_is_live(), pk=through.pk)
    # Locked, so that the sweep leaves it until the new token that names it is there.
    if not list(rows.select_for_update(of=("self",), no_key=True).values_list("pk")):
        raise ActionRefused("token-ended", "Expected a live token; this one has ended. Log in again.")


def issue_on_request(
    user: User, through: ApiToken | None, name: str, permissions: Iterable[str], days: int | None, *, acting: Actor
) -> tuple[ApiToken, str]:
    """As `issue_token`, for a program; `through` None: for a person with a session. `days`: None is LONGEST_DAYS.

    A long token gives no later end than its own, or a stolen one could be extended.
    """
    expires_at = end_after(LONGEST_DAYS if days is None else days, LONGEST_DAYS)
    if through is not None and through.kind == TokenKind.LONG and through.expires_at is not None:
        expires_at = min(expires_at, through.expires_at)
    return issue_token(user, name, permissions, expires_at=expires_at, through=through, acting=acting)


def end_after(days: int, longest: int) -> datetime:
    """When a token of so many days ends. Raises ActionRefused."""
    if not 1 <= days <= longest:
        raise ActionRefused(
            "token-lifetime-out-of-range", f"Expected a token to end after 1 to {longest} days; received {days}."
        )
    return timezone.now() + timedelta(days=days)


@transaction.atomic
def issue_short_token(user: User) -> tuple[ApiToken, str]:
    """What a program gets for the person's e-mail and password, and its text: all that the person may do, for an hour.

    It is a login, noted where logins are (`api.login`), not in the audit log. `user` is as they were when the
    password was compared; raises ActionRefused when their access or password has changed since,
    or the account enforces SSO since: hence the lock of its row.
    """
    people = User.objects.select_related("account").select_for_update(of=("self", "account"), no_key=True)
    current = people.filter(pk=user.pk).first()
    if current is None or not _access_is_unchanged(current, user) or not password_policy.may_use(current):
        raise ActionRefused(
            "access-changed", f"Expected the access of {user.email} as it was when the password was compared."
        )
    minutes = min(settings.SHORT_TOKEN_MINUTES, current.account.session_absolute_minutes)
    row = _owned_by(current)
    row.kind = TokenKind.SHORT
    text = _fill(row, "short token", account_permissions(current), timezone.now() + timedelta(minutes=minutes))
    return row, text


@transaction.atomic
def issue_service_token(
    account: Account,
    name: str,
    permissions: Iterable[str],
    *,
    expires_at: datetime | None = None,
    connection: Connection | None = None,
    acting: Actor,
) -> tuple[ApiToken, str]:
    """A token owned by the account itself, so that provisioning does not die with a person's access (R40).

    `connection`: the one that provisioning with it speaks for; None: the account's only one, if it has one only.
    """
    permissions = set(permissions)
    if unknown := permissions - set(Permission):
        raise ActionRefused(
            "token-permission-unknown",
            f"Expected permissions of {', '.join(Permission)}; received {', '.join(sorted(unknown))}.",
        )
    check_has(permissions, account.pk, acting, f"The token '{name}' would have")
    return _issue(ApiToken(account=account, user=None), name, permissions, expires_at, acting, connection)


@transaction.atomic
def end_short_tokens(user: User, *, acting: Actor) -> int:
    """Ends the person's short tokens, which are the sessions of their programs; gives how many."""
    own = ApiToken.objects.in_account(user.account_id).not_revoked().filter(user=user, kind=TokenKind.SHORT)
    living = own.filter(expires_at__gt=timezone.now()).order_by("pk").select_for_update()
    keys = list(living.values_list("pk", flat=True))
    if keys:
        ApiToken.objects.in_account(user.account_id).filter(pk__in=keys).update(revoked_at=timezone.now())
        audit.record(acting, "user.short-tokens-ended", user, {"tokens": [[str(key) for key in keys], []]})
    return len(keys)


def revoke_short_tokens(people: "QuerySet[User]") -> int:
    """As `end_short_tokens`, of many people in bulk. The caller writes the audit entry."""
    living = ApiToken.objects.not_revoked().filter(user__in=people, kind=TokenKind.SHORT)
    return living.filter(expires_at__gt=timezone.now()).update(revoked_at=timezone.now())


def remove_over() -> int:
    """For the sweep: short tokens that have expired leave nothing behind; gives how many."""
    over = ApiToken.objects.filter(kind=TokenKind.SHORT, expires_at__lt=timezone.now()).order_by("pk")
    with transaction.atomic():  # one that is being ended at this time is not waited for
        keys = list(over.select_for_update(skip_locked=True).values_list("pk", flat=True)[:_REMOVED_AT_ONCE])
        removed, _ = ApiToken.objects.filter(pk__in=keys).delete() if keys else (0, {})
    return removed


def living(account: Account, owner: User | None = None) -> "QuerySet[ApiToken]":
    """The long tokens of the account, or of one owner in it, that are still valid."""
    listed = ApiToken.objects.in_account(account).filter(_is_live(), kind=TokenKind.LONG)
    if owner is not None:
        listed = listed.filter(user=owner)
    return listed.select_related("user", "made_by").annotate(connection_name=F("connection__name"))


def with_permission(listed: "QuerySet[ApiToken]", permission: str) -> "QuerySet[ApiToken]":
    """Those that were given the permission. By the list's text, which both databases have."""
    as_text: Any = Cast("permissions", TextField())
    return listed.annotate(permissions_text=as_text).filter(permissions_text__contains=json.dumps(permission))


def live_tokens(account: Account, owner: User | None = None) -> list[ApiToken]:
    """As `living`, newest first."""
    return list(living(account, owner).order_by("-created_at"))


def _is_live() -> Q:
    """Not revoked, not expired, and the owner's access has not ended since it was made."""
    owner_is_in = Q(user=None) | Q(user__state=UserState.ACTIVE, user__session_epoch=F("session_epoch"))
    return owner_is_in & (Q(expires_at=None) | Q(expires_at__gt=timezone.now())) & Q(revoked_at=None)


def find_live(text: str) -> ApiToken | None:
    """The token with this text, if it may be used now and its owner's access has not ended since it was made.

    One query. Notes its use at most once a minute.
    """
    token, now = find_usable(text), timezone.now()
    if token is None:
        return None
    if token.last_used_at is None or now - token.last_used_at > USE_IS_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def find_usable(text: str) -> ApiToken | None:
    """As `find_live`, without noting a use."""
    if not _has_right_checksum(text):
        return None
    token = _read(_digest(text))
    if token is None or not hmac.compare_digest(token.digest, _digest(text)):
        return None
    return token if _is_usable(token, timezone.now()) else None


def _read(digest: str) -> ApiToken | None:
    """With its account, and with the owner's state, epoch and permissions beside it."""
    with connection.cursor() as cursor:
        cursor.execute(_WITH_ACCOUNT_AND_OWNER, [digest])
        row = cursor.fetchone()
    if row is None:
        return None
    state, epoch, permissions, serving, *rest = row
    (account,) = statements.converted(Account, _OF_ACCOUNT, [rest[: len(_OF_ACCOUNT)]])
    (values,) = statements.converted(ApiToken, _READ, [rest[len(_OF_ACCOUNT) :]])
    token = statements.filled(ApiToken, _READ, values)
    token.account = statements.filled(Account, _OF_ACCOUNT, account)
    vars(token).update(owner_state=state, owner_epoch=epoch, owner_permissions=permissions, serving=serving)
    return token


def connection_of(token: ApiToken) -> tuple[UUID | None, bool]:
    """The connection that a token from `find_live` provisions for: the one it names, else the account's only one that
    is not a draft; None: none. And whether the account has no other such connection.
    """
    serving = {UUID(key) for key in (getattr(token, "serving", None) or "").split()}
    connection = token.connection_id or (next(iter(serving)) if len(serving) == 1 else None)
    return connection, connection is not None and serving <= {connection}


def _is_usable(token: Any, now: datetime) -> bool:
    """`_is_live`, of a token from `_read`."""
    if token.revoked_at is not None or (token.expires_at is not None and token.expires_at <= now):
        return False
    if token.user_id is None:
        return True
    return bool(token.owner_state == UserState.ACTIVE and token.owner_epoch == token.session_epoch)


def permits(token: ApiToken, permission: str) -> bool:
    """Whether the token has the permission, and its owner still does. A second query only for owners by group."""
    if permission not in token.permissions:
        return False
    # Of the owner's account role, if `find_live` has read it with the token; a first look that saves a query.
    own: str | list[str] = getattr(token, "owner_permissions", None) or []
    if token.user_id is None or permission in (json.loads(own) if isinstance(own, str) else own):
        return True
    assert token.user is not None  # noqa: S101  # for the type: it has an id
    return permission in account_permissions(token.user)


def _owned_by(user: User) -> ApiToken:
    return ApiToken(account_id=user.account_id, user=user, session_epoch=user.session_epoch)


def hold_owner(account_id: UUID, user_id: UUID | None) -> User | None:
    """Lock the row of a token's owner, so that one request at a time makes or revokes tokens of theirs.

    Hence a token that is made while the one that asks for it is revoked is revoked too, or is not made. None: a service
    token, which can make none.
    """
    people = User.objects.in_account(account_id).select_for_update(no_key=True)
    owner: User | None = people.filter(pk=user_id).first() if user_id else None
    return owner


def _unchanged(user: User) -> User:
    """Return the user, read again and locked. Raises ActionRefused if their access or password has changed."""
    current = hold_owner(user.account_id, user.pk)
    if current is None or current.state != UserState.ACTIVE:
        raise ActionRefused(
            "user-not-active", f"Expected an active user; {user.email} is {current.state if current else 'removed'}."
        )
    if not _access_is_unchanged(current, user):
        raise ActionRefused("access-changed", f"The access of {user.email} changed in the meantime. Log in again.")
    return current


def _access_is_unchanged(current: User, user: User) -> bool:
    """By what a login rests on: it changes when their access ends, and with their password."""
    is_same = (current.session_epoch, current.password) == (user.session_epoch, user.password)
    return current.state == UserState.ACTIVE and is_same


def _issue(
    row: ApiToken,
    name: str,
    permissions: set[str],
    expires_at: datetime | None,
    acting: Actor,
    connection: Connection | None,
) -> tuple[ApiToken, str]:
    changes: dict[str, Any] = {"permissions": [None, sorted(permissions)]}
    if connection is not None:
        if connection.account_id != row.account_id:
            raise ActionRefused("connection-of-another-account", "Expected a connection of the token's own account.")
        row.connection = connection
        changes["connection"] = [None, connection.name]
    text = _fill(row, name, permissions, expires_at)
    audit.record(acting, "token.created", row, changes, label=name)
    return row, text


def _fill(row: ApiToken, name: str, permissions: set[str], expires_at: datetime | None) -> str:
    """Makes the row one of the database; gives the text, which is kept nowhere."""
    body = base64.b32encode(secrets.token_bytes(20)).decode().lower()
    text = f"{PREFIX}{body}{_checksum(body)}"
    row.name, row.permissions, row.expires_at = name, sorted(permissions), expires_at
    row.prefix, row.digest = text[:SHOWN_CHARACTERS], _digest(text)
    row.save(force_insert=True)
    return text


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode()):08x}"


def _has_right_checksum(text: str) -> bool:
    body = text.removeprefix(PREFIX)
    return text.startswith(PREFIX) and len(body) == 40 and text.isascii() and _checksum(body[:32]) == body[32:]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
