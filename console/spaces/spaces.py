"""Spaces: list, create, edit, delete."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import Permission
from console.shared.confirming import Question, ask, is_confirmed
from console.shared.guards import account_of, acting, needs, own_or_404
from console.shared.lists import Listing
from console.shared.names_in_logins import carried
from console.shared.refusals import refusal_as_form_error, refusal_as_message
from console.shared.words import counted
from console.spaces.filters import SpaceFilters
from console.spaces.forms import SpaceForm
from spaces.models import GroupSpaceRole, Space, SpaceMembership
from spaces.spaces import add_space, check_may_be_deleted, delete_space, update_space

LOOK = (Permission.MANAGE_USERS, Permission.MANAGE_SPACES)
ORDERS = {"name": ("name",), "people": ("people", "name"), "groups": ("groups", "name")}


@require_safe
@needs(*LOOK)
def spaces(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    rows = Space.objects.in_account(account).annotate(
        people=number_of(SpaceMembership.objects.in_account(account), "space", "pk"),
        groups=number_of(GroupSpaceRole.objects.in_account(account), "space", "pk", counted="group"),
    )
    listing = Listing(request, rows, SpaceFilters, ORDERS)
    return render(request, "spaces/spaces.html", {"listing": listing})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_SPACES)
def new_space(request: HttpRequest) -> HttpResponse:
    form = SpaceForm(request.POST or None)
    if form.is_valid():
        with refusal_as_form_error(form):
            space = add_space(account_of(request), **form.cleaned_data, acting=acting(request))
            messages.success(request, f"Space {space} created. Next, assign users.")
            return redirect("space", space.pk)
    return render(request, "spaces/space_form.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_SPACES)
def edit_space(request: HttpRequest, space_id: UUID) -> HttpResponse:
    space = own_or_404(request, Space, space_id)
    form = SpaceForm(request.POST or None, initial={"name": space.name, "description": space.description})
    if form.is_valid():
        with refusal_as_form_error(form):
            if update_space(space, **form.cleaned_data, acting=acting(request)):
                messages.success(request, f"Space {space} saved.")
            return redirect("space", space.pk)
    page = {"form": form, "space": space, "carried": carried(request, "space_name", space.name)}
    return render(request, "spaces/space_form.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_SPACES)
def remove_space(request: HttpRequest, space_id: UUID) -> HttpResponse:
    space = own_or_404(request, Space, space_id)
    with refusal_as_message(request):
        check_may_be_deleted(space)
        if not is_confirmed(request):
            return ask(request, _question(request, space))
        delete_space(space, acting=acting(request))
        messages.success(request, f"Space {space} deleted.")
        return redirect("spaces")
    return redirect("space", space.pk)


def _question(request: HttpRequest, space: Space) -> Question:
    users = counted(space.memberships.count(), "user loses a direct role", "users lose a direct role")
    groups = space.group_roles.values("group").distinct().count()
    return Question(
        title=f"Delete {space}?",
        sentences=(
            f"{users} in it, and {counted(groups, 'group loses its role', 'groups lose their roles')} in it.",
            f"Logins that send {space} no longer assign users to it."
            f" {carried(request, 'space_name', space.name)} This cannot be undone.",
        ),
        button="Delete space",
        cancel_address=reverse("space", args=(space.pk,)),
    )


def number_of(rows: "QuerySet[Any]", by: str, outer: str, counted: str = "pk") -> Coalesce:
    """Count the rows, or their distinct values of `counted`, whose `by` is what the outer row has in `outer`."""
    grouped = rows.filter(**{by: OuterRef(outer)}).order_by().values(by)
    number = grouped.annotate(number=Count(counted, distinct=counted != "pk")).values("number")
    return Coalesce(Subquery(number), 0, output_field=IntegerField())
