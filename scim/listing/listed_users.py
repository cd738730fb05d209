"""Users as a list shows them, read without what only a whole `User` needs: that would be a third of a page's cost.

`find` answers the three questions that Okta and Entra ask before each write without the ORM: `userName eq`,
`externalId eq` and `id eq`, alone, with a plain string. `scim.filters` answers the same and everything else; a test
compares both.
"""

import re
from collections.abc import Callable, Sequence
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Account, User
from common.db import statements
from common.folding import fold
from scim.attributes import issued_id

# What `resources.to_resource` shows, and the number that pages go by.
_SHOWN = (
    *("id", "number", "version", "user_name", "email", "email_key", "external_id", "first_name", "last_name"),
    *("display_name", "timezone", "state", "origin", "scim_attributes", "created_at", "modified_at"),
)
_LIVING = 'WHERE "account_id" = %s AND "erased_at" IS NULL'

_ONE_COMPARISON = re.compile(r'(userName|externalId|id) eq "([^"\\\x00-\x1f]+)"', re.IGNORECASE)

# A partial index serves a prepared statement only where the statement itself says that the key is not empty.
_BY_USER_NAME = """AND (("user_name_key" = %s AND "user_name_key" <> '')
 OR ("email_key" = %s AND "email_key" <> '' AND "user_name_key" = ''))
 ORDER BY "number"
"""
# Several users may have one, up to the whole account where a constant is mapped to it.
_MOST_AT_ONCE = 200
_BY_EXTERNAL_ID = f"""AND "external_id" = %s AND "external_id" <> '' ORDER BY "number" LIMIT {_MOST_AT_ONCE + 1}"""

Question = Callable[[Account, str], list[User] | None]


def read(people: QuerySet[User]) -> list[User]:
    """The users, to be looked at only. Passwords stay in the database; an attribute that is not shown is fetched."""
    return [statements.filled(User, _SHOWN, row) for row in people.values_list(*_SHOWN)]


def by_id(account: Account, user_id: UUID) -> User | None:
    return next(iter(where(account, 'AND "id" = %s', [statements.stored(User, "id", user_id)])), None)


def where(account: Account, rest: str, values: Sequence[object]) -> list[User]:
    """Those of the account's users who meet a condition in SQL: "AND ..." with %s for each of `values`."""
    key = statements.stored(User, "account", account.pk)
    return statements.select(User, _SHOWN, f"{_LIVING} {rest}", [key, *values])


def find(account: Account, filter_text: str) -> list[User] | None:
    """Whom the filter finds, in the order of the list; None: it is none of the three."""
    asked = _ONE_COMPARISON.fullmatch(filter_text)
    return _QUESTIONS[asked[1].lower()](account, asked[2]) if asked else None


def _by_user_name(account: Account, name: str) -> list[User]:
    key = fold(name)
    return where(account, _BY_USER_NAME, [key, key]) if key else []


def _by_external_id(account: Account, external_id: str) -> list[User] | None:
    """None: too many to be read at once."""
    found = where(account, _BY_EXTERNAL_ID, [external_id])
    return found if len(found) <= _MOST_AT_ONCE else None


def _by_id_text(account: Account, text: str) -> list[User]:
    key = issued_id(text)
    found = by_id(account, key) if key else None
    return [found] if found else []


_QUESTIONS: dict[str, Question] = {"username": _by_user_name, "externalid": _by_external_id, "id": _by_id_text}
