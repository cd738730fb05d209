"""Ending API tokens: one with all that was made with it, or all of a person (R39)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.models import ApiToken, Connection, User
from accounts.models.token import TokenKind
from accounts.permissions import Permission
from accounts.rights import account_permissions, check_has, check_may_act_on, permissions_of_actor
from accounts.tokens import tokens
from common.db import statements

_ENTRIES_AT_ONCE = 500
# UNION, not UNION ALL: it would end in a circle too.
_MADE_WITH = """
WITH RECURSIVE made(id) AS (
 SELECT id FROM accounts_apitoken WHERE account_id = %s AND made_by_id = %s
 UNION
 SELECT child.id FROM accounts_apitoken child JOIN made ON child.made_by_id = made.id WHERE child.account_id = %s
)
SELECT id FROM made
"""


def check_may_revoke(token: ApiToken, acting: Actor) -> None:
    """Check that the acting person has all that the token has, and all that its owner has.

    A token of a person has those of its permissions that its owner still has. Raises PermissionsExceeded.
    """
    if acting.user_id is None:
        return
    held = set(token.permissions)
    if token.user is not None:
        check_may_act_on([token.user], acting)
        held &= account_permissions(token.user)
    check_has(held, token.account_id, acting, f"The token '{token.name}' has")


def made_with(token: ApiToken) -> "QuerySet[ApiToken]":
    """The tokens that end with this one: made with it, or with a token made with it. Oldest first."""
    account = statements.stored(ApiToken, "account", token.account_id)
    key = statements.stored(ApiToken, "id", token.pk)
    ids = RawSQL(_MADE_WITH, (account, key, account))  # noqa: S611  # no value is part of the text
    return _living(token.account_id).filter(pk__in=ids).order_by("created_at", "pk")


@transaction.atomic
def revoke_token(token: ApiToken, *, acting: Actor) -> list[ApiToken]:
    """End a token and all that was made with it, at once; return what ended, itself first.

    Nothing: it had ended before. Raises PermissionsExceeded.
    """
    tokens.hold_owner(token.account_id, token.user_id)
    check_may_revoke(token, acting)
    of_account = ApiToken.objects.in_account(token.account_id).not_revoked()
    itself = list(of_account.filter(pk=token.pk).select_for_update())
    made = list(made_with(token).order_by("pk").select_for_update())
    _end(itself, {}, acting)
    _end(made, {"revoked_with": [None, f"{token.name} ({token.prefix}…)"]}, acting)
    return [*itself, *made]


@transaction.atomic
def revoke_listed(token_id: UUID, *, asked_by: User, acting: Actor) -> None:
    """End a long token of one's own; of the whole account for who may manage users.

    Raises ApiToken.DoesNotExist for all others, as for those that do not exist or were ended before, and
    PermissionsExceeded.
    """
    within = ApiToken.objects.in_account(asked_by.account_id).filter(kind=TokenKind.LONG)
    if Permission.MANAGE_USERS not in (permissions_of_actor(acting, asked_by.account_id) or ()):
        within = within.filter(user=asked_by)
    if not revoke_token(within.get(pk=token_id), acting=acting):
        raise ApiToken.DoesNotExist


def revoke_text(text: str, *, acting: Actor) -> bool:
    """End the token with this text: who holds the text may (RFC 7009). False: it was no live token."""
    token = tokens.find_usable(text)
    return token is not None and bool(revoke_token(token, acting=acting))


def revoke_all_of(user: User, *, acting: Actor) -> int:
    """End all long tokens of a person, whatever made them; return how many.

    For a caller that has locked the person's row and knows that `acting` may do this. Short ones end with the sessions.
    """
    own = _living(user.account_id).filter(user=user, kind=TokenKind.LONG)
    ended = list(own.order_by("pk").select_for_update())
    _end(ended, {}, acting)
    return len(ended)


@transaction.atomic
def revoke_tokens_of(connection: Connection, *, acting: Actor) -> None:
    """End the tokens that name the connection, before it is deleted: they speak for nobody else."""
    named = ApiToken.objects.in_account(connection.account_id).not_revoked().filter(connection=connection)
    for token in named.order_by("pk"):
        revoke_token(token, acting=acting)


def _living(account_id: UUID) -> "QuerySet[ApiToken]":
    """Neither revoked nor expired."""
    unexpired = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return ApiToken.objects.in_account(account_id).not_revoked().filter(unexpired)


def _end(rows: list[ApiToken], changes: Mapping[str, Any], acting: Actor) -> None:
    """Of tokens of one account that this transaction has locked."""
    for start in range(0, len(rows), _ENTRIES_AT_ONCE):
        some = rows[start : start + _ENTRIES_AT_ONCE]
        keys = [token.pk for token in some]
        ApiToken.objects.in_account(some[0].account_id).filter(pk__in=keys).update(revoked_at=timezone.now())
        audit.record_all(acting, "token.revoked", [(token, changes) for token in some])
