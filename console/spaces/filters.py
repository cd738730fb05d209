"""Filters of the lists about spaces."""

from functools import reduce
from operator import and_

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.models import Origin
from console.shared.guards import account_of
from console.shared.searching import WORDS, search_box, search_filter, users_like
from spaces.models import SpaceRole


def _roles(request: HttpRequest) -> QuerySet[SpaceRole]:
    return SpaceRole.objects.in_account(account_of(request)).order_by("-builtin", "name")


def _by_role() -> django_filters.ModelChoiceFilter:
    return django_filters.ModelChoiceFilter(label="Role", queryset=_roles, empty_label="any")  # type: ignore[arg-type]


def _matching(text: str) -> Q:
    words = (Q(name__icontains=word) | Q(description__icontains=word) for word in text.split()[:WORDS])
    return reduce(and_, words, Q())


class SpaceFilters(django_filters.FilterSet):
    q = search_filter("Name or description", _matching)


class MemberFilters(django_filters.FilterSet):
    q = search_filter("Name or email", lambda text: users_like(text, "user__"))
    role = _by_role()
    origin = django_filters.ChoiceFilter(label="Source", choices=Origin.choices, empty_label="any")


class GivingFilters(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label="Search", field_name="group__name", lookup_expr="icontains", widget=search_box("Group name")
    )
    role = _by_role()
