"""Pages of an account's users: by index (RFC 7644 section 3.4.2.4) and by cursor (RFC 9865).

At most two queries, whatever the size of the page and of the account. The account knows how many users it has, and
`landmark` where the n-th is; what a filter finds is counted only when the page does not tell it.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db.models import Case, Expression, F, Q, QuerySet, Value, When, Window
from django.db.models.expressions import OrderBy
from django.db.models.functions import NullIf, RowNumber

from accounts.models import Account, User
from accounts.models.user import UserState
from common.db import statement_limits
from common.db.statement_limits import TookTooLong
from scim.attributes import Attribute, find
from scim.errors import invalid_count, invalid_value, quoted, too_many
from scim.filters.comparisons import IS_IN, IS_OUT, USER_NAME_KEY, text_of
from scim.filters.filters import compile_filter
from scim.filters.text_search import Comparable
from scim.listing import cursors, listed_users
from scim.listing.cursors import AFTER, AT, BEFORE, Position

DEFAULT_COUNT = 100
MAX_COUNT = 200

STEP = 500  # users between two landmarks

LARGE_ACCOUNT = 10_000  # users; fewer are looked through in a fraction of a second
SEARCH_TAKES = 450  # milliseconds of each statement at most; a page and its total are two

_ORDERS = {"": False, "ascending": False, "descending": True}
_EMAIL = NullIf(Comparable(F("email_key"), fold=False), Value(""))  # the primary one stands for the list
_EXPRESSIONS: dict[str, Expression | F] = {
    "id": F("id"),
    "userName": Comparable(USER_NAME_KEY, fold=False),
    "active": Case(When(state=UserState.DEPROVISIONED, then=Value(0)), default=Value(1)),
    "emails": _EMAIL,
    "emails.value": _EMAIL,
}

_INTEGER = re.compile(r"\s*[+-]?[0-9]{1,4000}\s*", re.ASCII)
_LARGEST = 2**62  # what a database can hold


@dataclass(frozen=True)
class Page:
    """`total` is what the whole query matches. The cursors are None but in answer to a cursor."""

    users: list[User]
    total: int
    start_index: int = 1
    next_cursor: str | None = None
    previous_cursor: str | None = None


@dataclass(frozen=True)
class Query:
    """A list as it was asked for: values as sent, checked here. None: not sent."""

    filter_text: str = ""
    sort_by: str = ""
    sort_order: str = ""
    start_index: str | int | None = None
    count: str | int | None = None
    cursor: str | None = None  # "" asks for the first page by cursor


def read_page(account: Account, query: Query) -> Page:
    """The page that a query asks for. `account` as it was read for this request: its counters are believed.

    Raises ScimError.
    """
    if query.cursor is None and not query.sort_by and not query.sort_order:
        page = _read_plain(account, query)
        if page is not None:
            return page
    with _time_limited(account) if query.filter_text or query.sort_by else nullcontext():
        return _read_searched(account, query)


def _read_plain(account: Account, query: Query) -> Page | None:
    """What identity providers really ask: a page of all users, or the user of a name. None: something else."""
    first, wanted = _first(query.start_index), _page_size(query.count)
    if not query.filter_text:
        return _read_all(account, first, wanted)
    found = listed_users.find(account, query.filter_text)
    return None if found is None else Page(found[first - 1 : first - 1 + wanted], len(found), first)


def _read_searched(account: Account, query: Query) -> Page:
    order = _ordering(query.sort_by, query.sort_order)
    condition = compile_filter(query.filter_text) if query.filter_text else Q()
    people = User.objects.in_account(account).present().filter(condition).order_by(*order)
    if query.cursor is not None:
        total = None if query.filter_text else account.user_count
        mark = cursors.query_mark(account.pk, query.filter_text, query.sort_by, query.sort_order)
        return _read_by_cursor(people, query.cursor, mark, _cursor_count(query.count), order == ["number"], total)
    first, wanted = _first(query.start_index), _page_size(query.count)
    if query.filter_text:
        return _read_found(people, first, wanted, account if condition == IS_IN else None)
    total = account.user_count
    return Page(listed_users.read(people[first - 1 : first - 1 + wanted]) if first <= total else [], total, first)


def _first(start_index: str | int | None) -> int:
    return max(_whole(start_index, 1, "startIndex"), 1)


def _whole(value: str | int | None, default: int, name: str) -> int:
    if value is None or value == "":
        return default
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise invalid_value(f"Expected a whole number for {name}; received {quoted(value)}.")
    if isinstance(value, str) and not _INTEGER.fullmatch(value):
        raise invalid_value(f"Expected a whole number for {name}; received {quoted(value)}.")
    return max(min(int(value), _LARGEST), -1)


def _page_size(count: str | int | None) -> int:
    return min(max(_whole(count, DEFAULT_COUNT, "count"), 0), MAX_COUNT)


def _cursor_count(count: str | int | None) -> int:
    """RFC 9865 has an error of its own for a size outside what ServiceProviderConfig says."""
    wanted = _whole(count, DEFAULT_COUNT, "count")
    if not 1 <= wanted <= MAX_COUNT:
        raise invalid_count(f"Expected count between 1 and {MAX_COUNT} beside a cursor; received {quoted(str(count))}.")
    return wanted


def _read_all(account: Account, first: int, wanted: int) -> Page:
    total = account.user_count
    if not wanted or first > total:
        return Page([], total, first)
    number, passed_over = landmark(account, first)
    page = 'AND "number" >= %s ORDER BY "number" LIMIT %s OFFSET %s'
    return Page(listed_users.where(account, page, [number, wanted, passed_over]), total, first)


def landmark(account: Account, place: int) -> tuple[int, int]:
    """A number from which to read, and how many users to skip from there, for a place (from 1).

    Users are numbered in the order of their creation, and a number is never given twice. As long as nobody was erased,
    the n-th user is number n. After that, every STEP-th place is noted, by each process.
    """
    gone = account.last_user_number - account.user_count
    if not gone:
        return place, 0
    numbers = _survey(account.pk, gone, account.user_count // STEP) if place > STEP else []
    if not numbers:
        return 0, place - 1
    nearest = min((place - 1) // STEP, len(numbers) - 1)
    return numbers[nearest], place - 1 - nearest * STEP


@lru_cache(maxsize=200)
def _survey(account_id: UUID, _gone: int, _steps: int) -> list[int]:
    """The numbers of the users at places 1, 501, 1001 and so on; anew when another was erased or many came."""
    people = User.objects.in_account(account_id).present()
    placed = people.annotate(place=Window(RowNumber(), order_by=F("number").asc()))
    found = placed.filter(place__gt=0).annotate(step=F("place") % STEP).filter(step=1)
    return list(found.order_by("number").values_list("number", flat=True))


def _read_found(people: QuerySet[User], first: int, wanted: int, whose: Account | None) -> Page:
    """One query if the page holds the last one found, else a second that counts. `whose`: of all users with access."""
    users = listed_users.read(people[first - 1 : first - 1 + wanted]) if wanted else []
    seen = first - 1 + len(users)
    if len(users) < wanted and (users or first == 1):
        return Page(users, seen, first)
    return Page(users, max(_count_with_access(whose), seen) if whose else people.order_by().count(), first)


def _count_with_access(account: Account) -> int:
    """Nearly all users have access, so those without are counted."""
    out = User.objects.in_account(account).present().filter(IS_OUT)
    return int(account.user_count - out.count())


def _read_by_cursor(
    people: QuerySet[User], cursor: str, mark: str, wanted: int, by_number: bool, total: int | None
) -> Page:
    """One more than wanted is read, to know whether another page follows."""
    here = cursors.read(cursor, mark) if cursor else None
    total = here.total if here else people.order_by().count() if total is None else total
    if not by_number:
        return _read_at(people, here.place if here else 0, mark, wanted, total)
    is_back = here is not None and here.kind == BEFORE
    if here:
        bound = {"number__lt": here.place} if is_back else {"number__gt": here.place}
        people = people.filter(**bound)
    read = listed_users.read(people.order_by("-number" if is_back else "number")[: wanted + 1])
    has_more, users = len(read) > wanted, read[:wanted]
    users = users[::-1] if is_back else users
    follows, precedes = (True, has_more) if is_back else (has_more, here is not None)
    return Page(
        users,
        total,
        next_cursor=cursors.write(Position(AFTER, users[-1].number, total), mark) if users and follows else None,
        previous_cursor=cursors.write(Position(BEFORE, users[0].number, total), mark) if users and precedes else None,
    )


def _read_at(people: QuerySet[User], start: int, mark: str, wanted: int, total: int) -> Page:
    """An order of its own has no place to read on from but the offset."""
    read = listed_users.read(people[start : start + wanted + 1])
    return Page(
        read[:wanted],
        total,
        next_cursor=cursors.write(Position(AT, start + wanted, total), mark) if len(read) > wanted else None,
        previous_cursor=cursors.write(Position(AT, max(start - wanted, 0), total), mark) if start else None,
    )


@contextmanager
def _time_limited(account: Account) -> Iterator[None]:
    """Around one search: one that no index serves ends before the identity provider gives up. Raises ScimError."""
    try:
        with statement_limits.at_most(SEARCH_TAKES) if account.user_count >= LARGE_ACCOUNT else nullcontext():
            yield
    except TookTooLong:
        raise too_many(
            f"Expected a search that an index answers, as this account has {account.user_count:,} people; this one took"
            " too long. Search by userName, externalId, id or emails.value with eq, or read /Users page by page."
        ) from None


def _ordering(sort_by: str, sort_order: str) -> list[OrderBy | str]:
    """What to order by (RFC 7644 section 3.4.2.3). People without a value come last, or first when descending.

    Always ends so that every page of a query is cut from the same order. Raises ScimError.
    """
    descending = _ORDERS.get(sort_order.strip().lower())
    if descending is None:
        raise invalid_value(f"Expected sortOrder ascending or descending; received {quoted(sort_order)}.")
    if not sort_by:
        return ["-number" if descending else "number"]
    attribute = find(sort_by)
    if attribute is None or not attribute.sortable:
        raise invalid_value(f"Expected sortBy to name an attribute to sort by; received {quoted(sort_by)}.")
    expression = _expression(attribute)
    if descending:
        return [OrderBy(expression, descending=True, nulls_first=True), "number"]
    return [OrderBy(expression, nulls_last=True), "number"]


def _expression(attribute: Attribute) -> Expression | F:
    if attribute.name in _EXPRESSIONS:
        return _EXPRESSIONS[attribute.name]
    if attribute.type == "dateTime":
        return F(attribute.column)
    return NullIf(Comparable(text_of(attribute), fold=not attribute.case_exact), Value(""))
