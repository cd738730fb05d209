"""A person's row for a change, with the role and the held departure that decide what may be done.

Most changes are one statement, and nobody else changes this person at that instant: on PostgreSQL they are made on what
was read without a lock, and written only where that is still so. All others are made on the locked row, and all of
accounts where departures may be held, as each has to know of those before it.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models, transaction

from accounts.models import Account, AccountRole, HeldDeparture, User
from common.db import statements
from common.db.statements import NeedsLock

M = TypeVar("M", bound=models.Model)
T = TypeVar("T")

_OF_USER = statements.every_field(User)
_OF_ROLE = ("id", "name", "permissions")
_OF_HELD = ("id", "account", "erase", "asked_by")
_COLUMNS = ", ".join(
    [
        statements.columns(User, _OF_USER),
        statements.columns(AccountRole, _OF_ROLE),
        statements.columns(HeldDeparture, _OF_HELD),
    ]
)
_WIDTH = len(_OF_USER) + len(_OF_ROLE) + len(_OF_HELD)
_FROM = """
FROM accounts_user
JOIN accounts_account ON accounts_account.id = accounts_user.account_id
JOIN accounts_accountrole ON accounts_accountrole.id = accounts_user.account_role_id
LEFT JOIN accounts_helddeparture ON accounts_helddeparture.user_id = accounts_user.id
WHERE accounts_user.id = %s AND accounts_user.account_id = %s AND accounts_user.erased_at IS NULL
"""
# The account first, as a create takes it before it waits for a name that one of its people has.
_LOCKED_WITH_ACCOUNT = """
WITH account AS MATERIALIZED (SELECT id FROM accounts_account WHERE id = %s FOR NO KEY UPDATE)
SELECT 1 FROM accounts_user JOIN account ON account.id = accounts_user.account_id
WHERE accounts_user.id = %s FOR NO KEY UPDATE OF accounts_user
"""
_LOCKED = "SELECT 1 FROM accounts_user WHERE account_id = %s AND id = %s FOR NO KEY UPDATE"


def locked_user(user_id: UUID, account: Account, *, with_account: bool = False) -> User:
    """The user for a change in this transaction; `with_account` as for `changed`. Raises User.DoesNotExist."""
    if connection.features.has_select_for_update:
        with connection.cursor() as cursor:
            cursor.execute(_LOCKED_WITH_ACCOUNT if with_account else _LOCKED, [account.pk, user_id])
    # In a statement of its own: one that had to wait for the row reads beside it what was there before.
    return _read(user_id, account, "''")


def locked_people(user_ids: Iterable[UUID], account: Account) -> list[User]:
    """Those of these people who are in, or will be: their access does not end during this transaction."""
    people = User.objects.in_account(account).present().filter(pk__in=list(user_ids))
    present = people.with_access().order_by("pk")  # in order of keys: no deadlocks
    return list(present.select_for_update(no_key=True))


def changed(user_id: UUID, account: Account, change: Callable[[User], T], *, with_account: bool = False) -> T:
    """What `change` gives, of the person as they are now. It is called a second time, with another row, when it raises
    NeedsLock for one that has a stamp, and is not to have done anything then. Raises User.DoesNotExist.

    `with_account`: where the person's row is locked the account's is too, as whoever erases them needs it. What else is
    committed in it does not wait.
    """
    if connection.vendor == "postgresql" and not account.hold_mass_departures:
        with suppress(NeedsLock):
            return change(_read(user_id, account))
    with transaction.atomic():
        return change(locked_user(user_id, account, with_account=with_account))


def _read(user_id: UUID, account: Account, stamp: str = "accounts_user.xmin::text") -> User:
    keys = [statements.stored(User, "id", user_id), statements.stored(User, "account", account.pk)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_COLUMNS}, {stamp} {_FROM}", keys)  # names from the models
        row = cursor.fetchone()
    if row is None:
        raise User.DoesNotExist
    user = _user(row[:_WIDTH], account)
    user.stamp = row[_WIDTH]
    return user


def _user(row: Sequence[Any], account: Account) -> User:
    role, held = len(_OF_USER), len(_OF_USER) + len(_OF_ROLE)
    user = _filled(User, _OF_USER, row[:role])
    user.account, user.account_role = account, _filled(AccountRole, _OF_ROLE, row[role:held])
    departure = _filled(HeldDeparture, _OF_HELD, row[held:]) if row[held] is not None else None
    User._meta.get_field("held_departure").set_cached_value(user, departure)  # type: ignore[union-attr]
    return user


def _filled(model: type[M], names: tuple[str, ...], values: Sequence[Any]) -> M:
    (converted,) = statements.converted(model, names, [values])
    return statements.filled(model, names, converted)
