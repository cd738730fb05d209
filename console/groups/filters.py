"""Filters of the list of groups, and of the list of a group's members."""

import django_filters
from django.db.models import Q, QuerySet

from accounts.models import Group, GroupMembership, Origin
from common.folding import identifier_key
from console.shared.searching import WORDS, search_box, users_like

TYPES = (("torque", "Torque"), ("idp", "Identity provider"))


class GroupFilters(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Search", method="search", widget=search_box("Name or IdP identifier"))
    type = django_filters.ChoiceFilter(label="Type", choices=TYPES, method="of_type", empty_label="any")

    def search(self, groups: QuerySet[Group], _name: str, text: str) -> QuerySet[Group]:
        for word in text.split()[:WORDS]:
            groups = groups.filter(Q(name__icontains=word) | Q(idp_identifier_key__icontains=identifier_key(word)))
        return groups

    def of_type(self, groups: QuerySet[Group], _name: str, choice: str) -> QuerySet[Group]:
        return groups.filter(idp_identifier_key="") if choice == "torque" else groups.exclude(idp_identifier_key="")


class MemberFilters(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Search", method="search", widget=search_box("Name or email"))
    origin = django_filters.ChoiceFilter(label="Origin", choices=Origin.choices, empty_label="any")

    def search(self, members: QuerySet[GroupMembership], _name: str, text: str) -> QuerySet[GroupMembership]:
        return members.filter(users_like(text, "user__"))
