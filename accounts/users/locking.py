"""Every change of a user: lock, read, change, write with the audit entry, in one transaction.

    with locked(user_id, account) as user:
        before = values(user)
        user.display_name = "Bob"
        save(user, before, audit.entry(acting, "user.updated", user, describe_changes(user, before)))

Order of locks: identities, then the account, then users, then the role of the account admins (`docs/decisions/0032`).
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from accounts.models import Account, AccountRole, AuditEntry, HeldDeparture, User
from accounts.permissions import ACCOUNT_MEMBER
from common.db import statements
from common.db.statements import Write

_OF_USER = statements.every_field(User)
_OF_HELD = ("id", "account", "erase", "asked_by")
# What provisioning and the end of access may change.
_FIELDS = (
    *("user_name", "email", "work_email_key", "other_email_keys", "external_id", "first_name", "last_name"),
    *("display_name", "timezone", "scim_attributes", "provisioned_by"),
    *("state", "account_role", "session_epoch", "deprovisioned_at", "clean_up_due_since"),
)
_COMPUTED_FROM = {
    "user_name": ("user_name_key", "search_key"),
    "email": ("email_key", "search_key"),
    "first_name": ("search_key",),
    "last_name": ("search_key",),
}
_AUDITED = ("user_name", "email", "external_id", "first_name", "last_name", "display_name", "timezone", "state")


@contextmanager
def locked(user_id: UUID, account: Account) -> Iterator[User]:
    """The user for a change, with account role and held deprovisioning, in a transaction that ends with the block.

    Raises User.DoesNotExist, also for an erased user.
    """
    with transaction.atomic():
        yield _lock(user_id, account)


@contextmanager
def locked_with_account(user_id: UUID, account: Account) -> Iterator[User]:
    """As `locked`, for whatever may erase the user, which changes the account's counter: its row is locked first.

    A create holds that row while it waits for a name that the erasure frees.
    """
    with transaction.atomic():
        if connection.features.has_select_for_update:
            statements.select_one(Account, ("id",), lock=True, id=account.pk)
        yield _lock(user_id, account)


def locked_users(user_ids: Iterable[UUID], account: Account) -> list[User]:
    """Those of these users who have access, or will have it: it does not end during this transaction."""
    users = User.objects.in_account(account).present().filter(pk__in=list(user_ids))
    with_access = users.with_access().order_by("pk")  # in order of keys: no deadlocks
    return list(with_access.select_for_update(no_key=True))


def values(user: User) -> dict[str, Any]:
    """The fields that may change, to be compared later."""
    return {name: getattr(user, name) for name in _FIELDS}


def describe_changes(user: User, before: dict[str, Any]) -> dict[str, Any]:
    """For the audit log: field -> [before, after], against `values` of before."""
    was, now = _audited(before), _audited(values(user))
    return {name: [old, now[name]] for name, old in was.items() if now[name] != old}


def save(user: User, before: dict[str, Any], entry: AuditEntry, *first: Write, also: Sequence[str] = ()) -> None:
    """Write in one statement: the fields that differ from `values` of before, and the audit entry.

    `first`: what else is written; `also`: fields that are not among those values. Raises IntegrityError.
    """
    user.version += 1
    names = [*_changed_fields(user, before), *also, "version", "modified_at"]
    statements.write(*first, statements.updating(user, names), statements.inserting([entry]))


def held_deprovisioning(user: User) -> HeldDeparture | None:
    """What is held of a user from `locked`."""
    return getattr(user, "held_departure", None)


def _lock(user_id: UUID, account: Account) -> User:
    user = statements.select_one(User, _OF_USER, lock=True, id=user_id, account=account.pk)
    if user is None or user.erased_at is not None:
        raise User.DoesNotExist
    user.account, user.account_role = account, _role(user)
    # Read after the lock: a statement that had to wait for the row would see what was beside it before.
    held = statements.select_one(HeldDeparture, _OF_HELD, user=user_id, account=account.pk)
    User._meta.get_field("held_departure").set_cached_value(user, held)  # type: ignore[union-attr]
    return user


def _role(user: User) -> AccountRole:
    """Nearly everybody is Account Member, whose role needs no query."""
    if user.account_role_id == member_role_id(user.account_id):
        return member_role(user.account_id)
    role: AccountRole = AccountRole.objects.in_account(user.account_id).get(pk=user.account_role_id)
    return role


def member_role(account_id: UUID) -> AccountRole:
    """The role Account Member, which every account has, without a query: of most users, of all whose access ended."""
    return AccountRole(pk=member_role_id(account_id), account_id=account_id, name=ACCOUNT_MEMBER, builtin=True)


@lru_cache(maxsize=10_000)
def member_role_id(account_id: UUID) -> UUID:
    role = AccountRole.objects.in_account(account_id).get(name=ACCOUNT_MEMBER, builtin=True)
    return role.pk  # type: ignore[no-any-return]


def _changed_fields(user: User, before: dict[str, Any]) -> tuple[str, ...]:
    """Names of the fields to write: those that differ from `values`, and what is computed from them."""
    names = [name for name in _FIELDS if getattr(user, name) != before[name]]
    return (*names, *dict.fromkeys(key for name in names for key in _COMPUTED_FROM.get(name, ())))


def _audited(held: dict[str, Any]) -> dict[str, Any]:
    shown = {name: held[name] for name in _AUDITED}
    return {**shown, "account_role": held["account_role"].name, "attributes": held["scim_attributes"]}
