"""Long lists of events, newest first, paged by time, without counts and offsets.

A filter without an index searches the nearest rows only, and the page links to the next stretch. So a page costs the
same among a million rows as among a thousand. As in `lists`, the URL holds the whole state.
"""

import re
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import django_filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from console.shared.guards import zone_for
from console.shared.lists import PER_PAGE, Filtered

_PLACE = re.compile(r"([0-9]{1,16})-([0-9a-f]{32})")
FIRST, LAST = UUID(int=0), UUID(int=2**128 - 1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
THIS_CENTURY = (
    MinValueValidator(date(2000, 1, 1), "Enter a date in this century."),
    MaxValueValidator(date(2099, 12, 31), "Enter a date in this century."),
)


@dataclass(frozen=True)
class Place:
    """A position between two rows: `at` and `id` of the one before. Its text form is used in URLs."""

    at: datetime
    id: UUID

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // timedelta(microseconds=1)}-{self.id.hex}"

    @classmethod
    def of(cls, row: Any) -> "Place":
        return cls(row.at, row.pk)

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """Parse the text form; None if it is not one."""
        match = _PLACE.fullmatch(text)
        return cls(_EPOCH + timedelta(microseconds=int(match[1])), UUID(match[2])) if match else None

    def beyond(self, forward: bool) -> Q:
        """Filter rows beyond this position. The separate condition on time is for the index."""
        if forward:
            return Q(at__gte=self.at) & (Q(at__gt=self.at) | Q(id__gt=self.id))
        return Q(at__lte=self.at) & (Q(at__lt=self.at) | Q(id__lt=self.id))


def _day_filter(label: str, method: str) -> django_filters.DateFilter:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return django_filters.DateFilter(label=label, method=method, widget=widget, validators=THIS_CENTURY)


class TimelineFilters(django_filters.FilterSet):
    """Filter by days, both inclusive, in the user's time zone. Rows have `at`."""

    # By these an index finds its way; what is filtered by others is looked for row by row.
    indexed: frozenset[str] = frozenset({"since", "until"})

    since = _day_filter("From day", "from_day")
    until = _day_filter("To day", "to_day")

    @classmethod
    def get_filters(cls) -> OrderedDict[str, django_filters.Filter]:
        """Return the filters with the days last."""
        found = super().get_filters()
        for name in ("since", "until"):
            found.move_to_end(name)
        return found

    def from_day(self, rows: "QuerySet[Any]", _name: str, day: date) -> "QuerySet[Any]":
        return rows.filter(at__gte=self._midnight(day))

    def to_day(self, rows: "QuerySet[Any]", _name: str, day: date) -> "QuerySet[Any]":
        return rows.filter(at__lt=self._midnight(day + timedelta(days=1)))

    @property
    def bounds(self) -> dict[str, str]:
        """Return `since` and `until` (end of the day) in ISO 8601, if set; for the export."""
        found: dict[str, date | None] = self.form.cleaned_data if self.is_valid() else {}
        since, until = found.get("since"), found.get("until")
        bounds = {"since": since and self._midnight(since), "until": until and self._midnight(until + timedelta(1))}
        return {name: bound.isoformat() for name, bound in bounds.items() if bound}

    def by_index(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        """Apply only the filters that an index supports."""
        for name in self.indexed:
            if value := self.form.cleaned_data.get(name):
                rows = self.filters[name].filter(rows, value)
        return rows

    @property
    def _zone(self) -> ZoneInfo:
        return zone_for(self.request) if self.request else ZoneInfo("UTC")

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._zone).astimezone(UTC)


@dataclass(frozen=True)
class Stretch:
    """Rows in reading direction; `ended`: position of the last one if there are more."""

    rows: list[Any]
    ended: Place | None


@dataclass(frozen=True)
class Shown:
    """Rows, newest first, and the positions for newer and older ones.

    `looked_back_to`: where an incomplete search ended.
    """

    rows: list[Any]
    newer: Place | None = None
    older: Place | None = None
    looked_back_to: datetime | None = None


class Timeline(Filtered[TimelineFilters]):
    """One page of a timeline, and the URLs of the others.

    `within`: number of rows that a filter without an index searches.
    """

    sort = ""  # for components/filters.html

    def __init__(
        self,
        request: HttpRequest,
        rows: "QuerySet[Any]",
        filters: type[TimelineFilters],
        *,
        within: int,
        per_page: int = PER_PAGE,
    ) -> None:
        super().__init__(request, rows, filters)
        self._within, self._per_page = within, per_page
        self._is_searched = bool(self.asked.keys() - self.filters.indexed)
        self._before, self._after = Place.read(self._query.get("before", "")), Place.read(self._query.get("after", ""))
        shown = self._shown()
        self.rows, self.looked_back_to = shown.rows, shown.looked_back_to
        self.newer_address = self._address(before="", after=shown.newer) if shown.newer else ""
        self.older_address = self._address(before=shown.older, after="") if shown.older else ""
        self.newest_address = self._address(before="", after="") if shown.newer else ""

    def _shown(self) -> Shown:
        if not self.filters.is_valid():
            return Shown([])
        if self._after:
            read = self._read(self._after, forward=True)
            if read.ended:
                rows = read.rows[::-1]
                return Shown(rows, read.ended, Place.of(rows[-1]) if rows else _just_after(self._after))
        before = None if self._after else self._before  # nothing newer: that is the first page
        read = self._read(before, forward=False)
        newer = (Place.of(read.rows[0]) if read.rows else _just_before(before)) if before else None
        ended_early = read.ended.at if read.ended and len(read.rows) < self._per_page else None
        return Shown(read.rows, newer, read.ended, ended_early)

    def _read(self, place: Place | None, *, forward: bool) -> Stretch:
        order = ("at", "id") if forward else ("-at", "-id")
        beyond = place.beyond(forward) if place else Q()
        found = self.filters.qs.filter(beyond).order_by(*order)
        edge = self._edge(beyond, order[0]) if self._is_searched else None
        if edge:
            found = found.filter(at__lte=edge.at) if forward else found.filter(at__gte=edge.at)
        rows = list(found[: self._per_page + 1])
        if len(rows) > self._per_page:
            return Stretch(rows[:-1], Place.of(rows[-2]))
        return Stretch(rows, edge)

    def _edge(self, beyond: Q, order: str) -> Place | None:
        """Return the end of the searched rows; None if all rows are searched. Uses the index only."""
        near = self.filters.by_index(self._all).filter(beyond).order_by(order).values_list("at", flat=True)
        times = list(near[self._within - 1 : self._within + 1])
        if len(times) < 2:
            return None
        return Place(times[0], FIRST if order.startswith("-") else LAST)


def _just_after(place: Place) -> Place:
    """Return the position from which older rows start with the one at `place`."""
    return Place(place.at, UUID(int=min(place.id.int + 1, LAST.int)))


def _just_before(place: Place) -> Place:
    return Place(place.at, UUID(int=max(place.id.int - 1, 0)))
