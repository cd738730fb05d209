"""Filters of the lists about spaces."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from accounts.models import Origin
from console.shared.guards import account_of
from console.shared.searching import search_box, users_like
from spaces.models import Space, SpaceMembership, SpaceRole


class _ByRole(django_filters.ModelChoiceFilter):
    def __init__(self) -> None:
        super().__init__(label="Role", field_name="role", empty_label="any")

    def get_queryset(self, request: Any) -> QuerySet[SpaceRole]:
        return SpaceRole.objects.in_account(account_of(request)).order_by("-builtin", "name")


class SpaceFilters(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Search", method="search", widget=search_box("Name or description"))

    def search(self, spaces: QuerySet[Space], _name: str, text: str) -> QuerySet[Space]:
        for word in text.split()[:5]:
            spaces = spaces.filter(Q(name__icontains=word) | Q(description__icontains=word))
        return spaces


class MemberFilters(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Search", method="search", widget=search_box("Name or email"))
    role = _ByRole()
    origin = django_filters.ChoiceFilter(label="Source", choices=Origin.choices, empty_label="any")

    def search(self, members: QuerySet[SpaceMembership], _name: str, text: str) -> QuerySet[SpaceMembership]:
        return members.filter(users_like(text, "user__"))


class GivingFilters(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label="Search", field_name="group__name", lookup_expr="icontains", widget=search_box("Group name")
    )
    role = _ByRole()
