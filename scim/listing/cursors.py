"""Cursors (RFC 9865): signed, bound to one query of one account, good for an hour.

A cursor carries the total too, so that following pages need not count again.
"""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from django.core import signing

from scim.errors import expired_cursor, invalid_cursor

SECONDS = 3600
_SALT = "scim.cursor"
_AGAIN = "Begin again with an empty cursor, and keep filter, sortBy and sortOrder."


@dataclass(frozen=True)
class Position:
    """Where a page begins. AFTER and BEFORE a user's number; AT an offset, for queries in an order of their own."""

    kind: str
    place: int
    total: int


AFTER, BEFORE, AT = "after", "before", "at"


def query_mark(account_id: UUID, *parts: str) -> str:
    """What tells one query of one account from all others."""
    text = "\0".join((str(account_id), *parts))
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


def write(position: Position, mark: str) -> str:
    return signing.dumps([position.kind, position.place, position.total, mark], salt=_SALT)


def read(text: str, mark: str) -> Position:
    """Raises ScimError: `expiredCursor`, `invalidCursor`."""
    try:
        kind, place, total, written_for = signing.loads(text, salt=_SALT, max_age=SECONDS)
    except signing.SignatureExpired:
        raise expired_cursor(
            f"Expected a cursor of the last {SECONDS} seconds; received an older one. {_AGAIN}"
        ) from None
    except (signing.BadSignature, ValueError):
        raise invalid_cursor(f"Expected an empty cursor, or one that Torque gave; received another. {_AGAIN}") from None
    if written_for != mark:
        raise invalid_cursor(f"Expected the cursor of this query; received that of another one. {_AGAIN}")
    return Position(kind, place, total)
