"""Users as a list shows them, read without what only a whole `User` needs: that would be a third of a page's cost."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Account, User
from common.db import statements

# What `resources.to_resource` shows, and the number that pages go by.
_SHOWN = (
    "id",
    "number",
    "version",
    "user_name",
    "email",
    "email_key",
    "external_id",
    "first_name",
    "last_name",
    "display_name",
    "timezone",
    "state",
    "origin",
    "scim_attributes",
    "created_at",
    "modified_at",
)


_LIVING = 'WHERE "account_id" = %s AND "erased_at" IS NULL'


def read(people: QuerySet[User]) -> list[User]:
    """The users, to be looked at only. Passwords stay in the database; an attribute that is not shown is fetched."""
    return [statements.filled(User, _SHOWN, row) for row in people.values_list(*_SHOWN)]


def by_id(account: Account, user_id: UUID) -> User | None:
    return next(iter(where(account, 'AND "id" = %s', [statements.stored(User, "id", user_id)])), None)


def where(account: Account, rest: str, values: Sequence[object]) -> list[User]:
    """Those of the account's users who meet a condition in SQL: "AND ..." with %s for each of `values`."""
    key = statements.stored(User, "account", account.pk)
    return statements.select(User, _SHOWN, f"{_LIVING} {rest}", [key, *values])
