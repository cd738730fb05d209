"""Filters of the list of users."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Group, GroupMembership, User
from accounts.models.user import UserOrigin, UserState
from console.shared.fields import NameField
from console.shared.guards import account_of
from console.shared.searching import search_box, users_like
from spaces.models import GroupSpaceRole, Space, SpaceMembership

DORMANT = timedelta(days=90)
ACTIVITY = {"never": "never", "dormant": "over 90 days ago"}


class NameFilter(django_filters.Filter):
    """Filter by the name of a related object. `rows`: the objects of the account, for a request."""

    field_class = NameField

    def __init__(self, rows: Callable[[Any], "QuerySet[Any]"], **options: Any) -> None:
        self._rows = rows
        super().__init__(**options)

    @property
    def field(self) -> Any:
        field: Any = super().field
        field.offer(self._rows(self.parent.request))  # type: ignore[attr-defined]  # django-filter gives it one
        return field


def _spaces(request: Any) -> QuerySet[Space]:
    return Space.objects.in_account(account_of(request))


def _groups(request: Any) -> QuerySet[Group]:
    return Group.objects.in_account(account_of(request))


class UserFilters(django_filters.FilterSet):
    """Without a chosen state, deprovisioned users are hidden."""

    q = django_filters.CharFilter(label="Search", method="search", widget=search_box("Name or email"))
    state = django_filters.ChoiceFilter(label="State", choices=UserState.choices, empty_label="active and pending")
    origin = django_filters.ChoiceFilter(label="Source", choices=UserOrigin.choices, empty_label="any")
    space = NameFilter(_spaces, label="Space", what="space", method="in_space")
    group = NameFilter(_groups, label="Group", what="group", method="in_group")
    seen = django_filters.ChoiceFilter(
        label="Last login", choices=tuple(ACTIVITY.items()), method="by_login", empty_label="any"
    )

    def filter_queryset(self, users: QuerySet[User]) -> QuerySet[User]:
        if not self.form.cleaned_data["state"]:
            users = users.filter(state__in=(UserState.PENDING, UserState.ACTIVE))
        return super().filter_queryset(users)  # type: ignore[no-any-return]

    def search(self, users: QuerySet[User], _name: str, text: str) -> QuerySet[User]:
        return users.filter(users_like(text))

    def in_space(self, users: QuerySet[User], _name: str, space: Space) -> QuerySet[User]:
        """Assigned directly or through a group."""
        own = SpaceMembership.objects.in_account(space.account_id).filter(space=space)
        giving = GroupSpaceRole.objects.in_account(space.account_id).filter(space=space)
        through = GroupMembership.objects.in_account(space.account_id).filter(group__in=giving.values("group"))
        return users.filter(Q(pk__in=own.values("user")) | Q(pk__in=through.values("user")))

    def in_group(self, users: QuerySet[User], _name: str, group: Group) -> QuerySet[User]:
        members = GroupMembership.objects.in_account(group.account_id).filter(group=group)
        return users.filter(pk__in=members.values("user"))

    def by_login(self, users: QuerySet[User], _name: str, choice: str) -> QuerySet[User]:
        if choice == "never":
            return users.filter(last_login=None)
        return users.filter(last_login__lt=timezone.now() - DORMANT)
