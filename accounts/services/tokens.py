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

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.errors import ActionRefused
from accounts.models import Account, ApiToken, GroupMembership, User
from accounts.models.user import UserState
from accounts.permissions import Permission
from accounts.services import audit
from accounts.services.audit import Actor

PREFIX = "tsso_"
SHOWN_CHARACTERS = 12
USE_IS_NOTED_EVERY = timedelta(minutes=1)
_OF_ACCOUNT = ("name", "slug", "last_user_number", "user_count")  # in the order of the model's fields
# By hand, because it comes before every request of a program: the ORM takes five times as long to write it anew.
_WITH_ACCOUNT_AND_OWNER = """
SELECT token.*, account.name AS account_name, account.slug AS account_slug, account.user_count AS account_user_count,
 account.last_user_number AS account_last_user_number, owner.state AS owner_state, owner.session_epoch AS owner_epoch,
 role.permissions AS owner_permissions
FROM accounts_apitoken token
JOIN accounts_account account ON account.id = token.account_id
LEFT JOIN accounts_user owner ON owner.id = token.user_id
LEFT JOIN accounts_accountrole role ON role.id = owner.account_role_id
WHERE token.digest = %s
"""


@transaction.atomic
def issue_token(
    user: User, name: str, permissions: Iterable[str], *, expires_at: datetime | None = None, acting: Actor
) -> tuple[ApiToken, str]:
    """A new token and its text, which is shown this once. Raises ActionRefused for a permission the owner lacks."""
    if user.state != UserState.ACTIVE:
        raise ActionRefused(f"Expected an active user; {user.email} is {user.state}.")
    asked, own = set(permissions), account_permissions(user)
    if not asked <= own:
        missing = ", ".join(sorted(asked - own))
        raise ActionRefused(f"A token can only have permissions of its owner; {user.email} lacks {missing}.")
    row = ApiToken(account_id=user.account_id, user=user, session_epoch=user.session_epoch)
    return _issue(row, name, asked, expires_at, acting)


@transaction.atomic
def issue_service_token(
    account: Account, name: str, permissions: Iterable[str], *, expires_at: datetime | None = None, acting: Actor
) -> tuple[ApiToken, str]:
    """A token owned by the account itself, so that provisioning does not die with a person's access (R40)."""
    unknown = set(permissions) - set(Permission)
    if unknown:
        raise ActionRefused(f"Expected permissions of {', '.join(Permission)}; received {', '.join(sorted(unknown))}.")
    return _issue(ApiToken(account=account, user=None), name, set(permissions), expires_at, acting)


@transaction.atomic
def revoke_token(token: ApiToken, *, acting: Actor) -> bool:
    """Ends a token at once; False when it was ended before."""
    if not ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        return False
    audit.record(acting, "token.revoked", token, label=token.name)
    return True


def live_tokens(account: Account) -> list[ApiToken]:
    """Every token of the account that still opens a door, newest first."""
    return list(ApiToken.objects.in_account(account).filter(_is_live()).select_related("user").order_by("-created_at"))


def _is_live() -> Q:
    """Not revoked, not expired, and the owner's access has not ended since it was made."""
    owner_is_in = Q(user=None) | Q(user__state=UserState.ACTIVE, user__session_epoch=F("session_epoch"))
    return owner_is_in & (Q(expires_at=None) | Q(expires_at__gt=timezone.now())) & Q(revoked_at=None)


def find_live(text: str) -> ApiToken | None:
    """The token with this text, if it may be used now and its owner's access has not ended since it was made.

    One query. Notes its use at most once a minute.
    """
    if not _has_right_checksum(text):
        return None
    token = next(iter(ApiToken.objects.raw(_WITH_ACCOUNT_AND_OWNER, [_digest(text)])), None)
    if token is None or not hmac.compare_digest(token.digest, _digest(text)):
        return None
    now = timezone.now()
    if not _opens_a_door(token, now):
        return None
    told = [token.account_id, *(getattr(token, f"account_{name}") for name in _OF_ACCOUNT)]
    token.account = Account.from_db(None, ["id", *_OF_ACCOUNT], told)
    if token.last_used_at is None or now - token.last_used_at > USE_IS_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def _opens_a_door(token: Any, now: datetime) -> bool:
    """`_is_live`, of a row that was read by `_WITH_ACCOUNT_AND_OWNER`."""
    if token.revoked_at is not None or (token.expires_at is not None and token.expires_at <= now):
        return False
    if token.user_id is None:
        return True
    return bool(token.owner_state == UserState.ACTIVE and token.owner_epoch == token.session_epoch)


def permits(token: ApiToken, permission: str) -> bool:
    """Whether the token has the permission, and its owner still does. A second query only for owners by group."""
    if permission not in token.permissions:
        return False
    if token.user_id is None or permission in _role_permissions(token):
        return True
    assert token.user is not None  # noqa: S101  # for the type: it has an id
    return permission in account_permissions(token.user)


def _role_permissions(token: ApiToken) -> list[str]:
    """Of the owner's account role, which `find_live` has read with the token."""
    told: str | list[str] | None = getattr(token, "owner_permissions", None)
    if told is None:
        assert token.user is not None  # noqa: S101  # for the type: it has an id
        return list(token.user.account_role.permissions)
    return list(json.loads(told)) if isinstance(told, str) else told


def account_permissions(user: User) -> set[str]:
    """Permissions of the user's account role and of those of all their groups."""
    memberships = GroupMembership.objects.in_account(user.account_id).filter(
        user=user, group__account_role__isnull=False
    )
    through_groups = memberships.values_list("group__account_role__permissions", flat=True)
    return {*user.account_role.permissions, *(permission for listed in through_groups for permission in listed)}


def _issue(
    row: ApiToken, name: str, permissions: set[str], expires_at: datetime | None, acting: Actor
) -> tuple[ApiToken, str]:
    text = _new_text()
    row.name, row.permissions, row.expires_at = name, sorted(permissions), expires_at
    row.prefix, row.digest = text[:SHOWN_CHARACTERS], _digest(text)
    row.save(force_insert=True)
    audit.record(acting, "token.created", row, {"permissions": [None, row.permissions]}, label=name)
    return row, text


def _new_text() -> str:
    body = base64.b32encode(secrets.token_bytes(20)).decode().lower()
    return f"{PREFIX}{body}{_checksum(body)}"


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode()):08x}"


def _has_right_checksum(text: str) -> bool:
    body = text.removeprefix(PREFIX)
    return text.startswith(PREFIX) and len(body) == 40 and text.isascii() and _checksum(body[:32]) == body[32:]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
