"""Groups: list and deletion."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.groups.groups import delete_group
from accounts.models import Account, Group, GroupMembership
from accounts.permissions import Permission
from console.groups.filters import GroupFilters
from console.groups.words import given_by, losses
from console.shared import confirming
from console.shared.confirming import Question
from console.shared.guards import account_of, acting, needs, own_or_404
from console.shared.lists import Listing
from console.shared.refusals import refusal_as_message
from console.shared.words import counted
from spaces.models import GroupSpaceRole

ORDERS = {"name": ("name",), "type": ("idp_identifier_key",), "users": ("users",), "role": ("account_role__name",)}


@require_safe
@needs(Permission.MANAGE_USERS)
def groups(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    rows = Group.objects.in_account(account).select_related("account_role").alias(users=_users_of_each(account))
    listing = Listing(request, rows, GroupFilters, ORDERS, by_key=True)
    return render(request, "groups/groups.html", {"listing": listing, "lines": _lines(account, listing)})


@require_POST
@needs(Permission.MANAGE_USERS)
def delete(request: HttpRequest, group_id: UUID) -> HttpResponse:
    group = own_or_404(request, Group.objects.select_related("account_role"), group_id)
    if not confirming.is_confirmed(request):
        return confirming.ask(request, _delete_question(group))
    with refusal_as_message(request):
        count = delete_group(group, acting=acting(request))
        messages.success(request, f"Group {group.name} deleted. It had {counted(count, 'member', 'members')}.")
    return redirect("groups")


def _users_of_each(account: Account) -> Coalesce:
    """Counted by the database only where the list is sorted by it."""
    of_one = GroupMembership.objects.in_account(account).filter(group=OuterRef("pk")).order_by()
    return Coalesce(Subquery(of_one.values("group").annotate(n=Count("*")).values("n")), 0, output_field=IntegerField())


def _lines(account: Account, listing: Listing) -> list[dict[str, Any]]:
    """The groups of the page with their numbers: two queries, for these groups only."""
    shown = list(listing.page)
    users = _counted(GroupMembership.objects.in_account(account).filter(group__in=shown), Count("*"))
    spaces = _counted(GroupSpaceRole.objects.in_account(account).filter(group__in=shown), Count("space", distinct=True))
    return [{"group": one, "users": users.get(one.pk, 0), "spaces": spaces.get(one.pk, 0)} for one in shown]


def _counted(rows: "QuerySet[Any]", number: Count) -> dict[UUID, int]:
    return dict(rows.order_by().values("group").annotate(n=number).values_list("group", "n"))


def _delete_question(group: Group) -> Question:
    members = GroupMembership.objects.in_account(group.account_id).filter(group=group)
    count = members.count()
    grants = GroupSpaceRole.objects.in_account(group.account_id).filter(group=group).order_by("space__name")
    in_spaces = [f"{role} in {space}" for space, role in grants.values_list("space__name", "role__name")]
    sentences = [losses(given_by(group, in_spaces), count)]
    if group.is_mapped:
        sentences.append("Logins no longer add members. Nothing changes at the identity provider.")
    first = members.select_related("user").order_by("user__email_key")[:20]
    return Question(
        title=f"Delete group {group.name}?",
        sentences=sentences,
        button="Delete",
        cancel_address=reverse("group", args=[group.pk]),
        names=[str(membership.user) for membership in first],
    )
