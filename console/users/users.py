"""The list of users, as a page and as CSV."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from accounts.models import Account, Group, GroupMembership, User
from accounts.models.user import UserOrigin, UserState
from accounts.permissions import Permission
from console.shared.fields import NameField
from console.shared.guards import account_of, acting, needs
from console.shared.lists import Listing
from console.shared.searching import choice_filter, search_filter, users_like
from console.users import export as user_export
from console.users.forms import JoinForm, PlaceForm
from spaces.models import GroupSpaceRole, Space, SpaceMembership
from spaces.rights import extents_of

ORDERS = {
    "email": ("email_key",),
    "name": ("last_name", "first_name"),
    "state": ("state", "email_key"),
    "role": ("account_role__name", "email_key"),
    "seen": ("last_login",),
}
DORMANT = timedelta(days=90)
ACTIVITY = {
    "never": ("never", lambda: Q(last_login=None)),
    "dormant": ("over 90 days ago", lambda: Q(last_login__lt=timezone.now() - DORMANT)),
}


class NameFilter(django_filters.Filter):
    """Filter by the name of a related object of the account."""

    field_class = NameField

    def __init__(self, related: type[Any], **options: Any) -> None:
        self._related = related
        super().__init__(**options)

    @property
    def field(self) -> Any:
        field: Any = super().field
        account = account_of(self.parent.request)  # type: ignore[attr-defined]  # django-filter gives it one
        field.offer(self._related.objects.in_account(account))
        return field


class UserFilters(django_filters.FilterSet):
    """Without a chosen state, deprovisioned users are hidden."""

    q = search_filter("Name or email", users_like)
    state = django_filters.ChoiceFilter(label="State", choices=UserState.choices, empty_label="active and pending")
    origin = django_filters.ChoiceFilter(label="Source", choices=UserOrigin.choices, empty_label="any")
    space = NameFilter(Space, label="Space", what="space", method="in_space")
    group = NameFilter(Group, label="Group", what="group", method="in_group")
    seen = choice_filter("Last login", ACTIVITY)

    def filter_queryset(self, users: QuerySet[User]) -> QuerySet[User]:
        if not self.form.cleaned_data["state"]:
            users = users.filter(state__in=(UserState.PENDING, UserState.ACTIVE))
        return super().filter_queryset(users)  # type: ignore[no-any-return]

    def in_space(self, users: QuerySet[User], _name: str, space: Space) -> QuerySet[User]:
        """Assigned directly or through a group."""
        own = SpaceMembership.objects.in_account(space.account_id).filter(space=space)
        giving = GroupSpaceRole.objects.in_account(space.account_id).filter(space=space)
        through = GroupMembership.objects.in_account(space.account_id).filter(group__in=giving.values("group"))
        return users.filter(Q(pk__in=own.values("user")) | Q(pk__in=through.values("user")))

    def in_group(self, users: QuerySet[User], _name: str, group: Group) -> QuerySet[User]:
        members = GroupMembership.objects.in_account(group.account_id).filter(group=group)
        return users.filter(pk__in=members.values("user"))


@require_safe
@needs(Permission.MANAGE_USERS)
def users(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    listing = listing_of(request, known_total=lambda: _present(account))
    waiting = users_of(account).filter(state=UserState.PENDING).count()
    extents = extents_of(account.pk, [person.pk for person in listing.page])
    page = {
        "listing": listing,
        "rows": [(person, extents[person.pk]) for person in listing.page],
        "waiting": waiting,
        "place": PlaceForm(account),
        "join": JoinForm(account),
    }
    return render(request, "users/users.html", page)


@require_GET
@needs(Permission.MANAGE_USERS)
def export_users(request: HttpRequest) -> HttpResponseBase:
    """Export all users that match the filters."""
    account, listing = account_of(request), listing_of(request)
    text = user_export.export(account, listing.rows, listing.asked, acting=acting(request))
    name = f"users-{account.slug}-{timezone.now():%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


def users_of(account: Account) -> QuerySet[User]:
    """Return all users but erased ones."""
    found: QuerySet[User] = User.objects.in_account(account).present()
    return found


def listing_of(request: HttpRequest, known_total: Callable[[], int] | None = None) -> Listing:
    rows = users_of(account_of(request)).select_related("account_role")
    return Listing(request, rows, UserFilters, ORDERS, known_total=known_total, by_key=True)


def _present(account: Account) -> int:
    """Count active and pending users: the account's counter without deprovisioned users."""
    return account.user_count - users_of(account).filter(deprovisioned_at__isnull=False).count()
