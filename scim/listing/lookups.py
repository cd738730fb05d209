"""The three questions that Okta and Entra ask before each write, answered without the ORM.

`userName eq`, `externalId eq` and `id eq`, alone, with a plain string. `scim.filters` answers the same and everything
else; a test compares both.
"""

import re
from collections.abc import Callable
from uuid import UUID

from accounts.models import Account, User
from common.folding import fold
from scim.listing import listed_users

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


def find(account: Account, filter_text: str) -> list[User] | None:
    """Whom the filter finds, in the order of the list; None: it is none of the three."""
    asked = _ONE_COMPARISON.fullmatch(filter_text)
    return _QUESTIONS[asked[1].lower()](account, asked[2]) if asked else None


def _by_user_name(account: Account, name: str) -> list[User]:
    key = fold(name)
    return listed_users.where(account, _BY_USER_NAME, [key, key]) if key else []


def _by_external_id(account: Account, external_id: str) -> list[User] | None:
    """None: too many to be read at once."""
    found = listed_users.where(account, _BY_EXTERNAL_ID, [external_id])
    return found if len(found) <= _MOST_AT_ONCE else None


def _by_id(account: Account, text: str) -> list[User]:
    """An id that Torque did not issue is no user's (C10)."""
    try:
        key = UUID(text)
    except ValueError:
        return []
    found = listed_users.by_id(account, key) if str(key) == text else None
    return [found] if found else []


_QUESTIONS: dict[str, Question] = {"username": _by_user_name, "externalid": _by_external_id, "id": _by_id}
