"""Long lists: filters (django-filter), sorting by allowed columns, and pages; constant queries.

The URL holds the whole state, so that a list can be shared and works without scripts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django_filters import FilterSet

F = TypeVar("F", bound=FilterSet)
PER_PAGE = 50
FILTER_IDS = "filter_%s"  # a form of the same page may have a field of the same name
# Sort key in the address -> columns. The first key is the order without one.
Orders = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Heading:
    """A column heading: `address` sorts by it, or reverses the order."""

    address: str
    direction: str  # "ascending", "descending" or "none", as `aria-sort` has it


class Filtered(Generic[F]):
    """Rows, and their filters as the URL sets them. `asked`: the filters that are set, with their values."""

    def __init__(self, request: HttpRequest, rows: "QuerySet[Any]", filters: type[F]) -> None:
        self._query = clean(request.GET)
        self._all = rows
        self.filters = filters(self._query, queryset=rows, request=request)
        self.filters.form.auto_id = FILTER_IDS
        self.asked = {name: str(self._query[name]) for name in self.filters.filters if self._query.get(name)}
        self.is_filtered = bool(self.asked)

    def _address(self, **changed: object) -> str:
        query = self._query.copy()
        for name, value in changed.items():
            query.pop(name, None)
            if value:
                query[name] = str(value)
        return f"?{query.urlencode()}"


class Listing(Filtered[FilterSet]):
    """One page of a list, and the URLs of the others.

    `filters` is a FilterSet class over `rows`. `known_total` replaces the count where no filter is set. `by_key`: for
    long rows, keys are counted and paged in an index, and only the rows of the page are read.
    """

    def __init__(
        self,
        request: HttpRequest,
        rows: "QuerySet[Any]",
        filters: type[FilterSet],
        orders: Orders,
        *,
        known_total: Callable[[], int] | None = None,
        by_key: bool = False,
        per_page: int = PER_PAGE,
    ) -> None:
        super().__init__(request, rows, filters)
        self._orders = orders
        self._known_total = None if self.is_filtered else known_total
        self._per_page, self._by_key = per_page, by_key
        self.sort = self._query.get("sort", "")
        if self.sort.removeprefix("-") not in orders:
            self.sort = next(iter(orders))

    @cached_property
    def rows(self) -> "QuerySet[Any]":
        """Return the filtered rows in order; none for an invalid filter."""
        found = self.filters.qs if self.filters.is_valid() else self._all.none()
        columns = (*self._orders[self.sort.removeprefix("-")], "pk")
        return found.order_by(*map(_reversed, columns) if self.sort.startswith("-") else columns)

    @cached_property
    def page(self) -> Page[Any]:
        """Return the requested page, or the nearest one."""
        paginator = Paginator(self.rows.values_list("pk", flat=True) if self._by_key else self.rows, self._per_page)
        if self._known_total is not None:
            vars(paginator)["count"] = self._known_total()  # where Django caches it
        page = paginator.get_page(self._query.get("page"))
        if self._by_key:
            keys = list(page.object_list)
            found = self._all.in_bulk(keys)
            page.object_list = [found[key] for key in keys if key in found]
        return page

    @property
    def headings(self) -> dict[str, Heading]:
        return {key: self._heading(key) for key in self._orders}

    @property
    def previous_address(self) -> str:
        return self._address(page=self.page.previous_page_number()) if self.page.has_previous() else ""

    @property
    def next_address(self) -> str:
        return self._address(page=self.page.next_page_number()) if self.page.has_next() else ""

    @property
    def query(self) -> str:
        """Return filters and order as a query string: `?{{ listing.query }}`."""
        kept = self._query.copy()
        kept.pop("page", None)
        return kept.urlencode()

    def _heading(self, key: str) -> Heading:
        is_sorted, backwards = self.sort.removeprefix("-") == key, self.sort.startswith("-")
        is_descending = backwards != self._orders[key][0].startswith("-")
        direction = "none" if not is_sorted else "descending" if is_descending else "ascending"
        reversed_key = f"-{key}" if is_sorted and not backwards else key
        return Heading(self._address(sort=reversed_key, page=""), direction)


def _reversed(column: str) -> str:
    return column.removeprefix("-") if column.startswith("-") else f"-{column}"


def clean(query: QueryDict) -> QueryDict:
    """Return the query without empty values, and without NUL, which PostgreSQL cannot store."""
    kept = QueryDict(mutable=True)
    for name, values in query.lists():
        if given := [value.replace("\x00", "") for value in values if value]:
            kept.setlist(name.replace("\x00", ""), given)
    return kept
