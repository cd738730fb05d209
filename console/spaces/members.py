"""Members of a space: users with a direct role, and groups that give one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import GroupMembership, Origin
from accounts.permissions import Permission
from console.shared.confirming import Question, ask, is_confirmed
from console.shared.guards import account_of, acting, needs, own_or_404
from console.shared.lists import Listing
from console.shared.refusals import refusal_as_form_error
from console.spaces.filters import GivingFilters, MemberFilters
from console.spaces.forms import PlaceForm, SpaceRoleForm
from console.spaces.spaces import LOOK, number_of
from spaces.models import GroupSpaceRole, Space, SpaceMembership
from spaces.placing import place_user, remove_from_space

PEOPLE_ORDERS = {
    "email": ("user__email_key",),
    "name": ("user__last_name", "user__first_name"),
    "role": ("role__name", "user__email_key"),
    "origin": ("origin", "user__email_key"),
    "since": ("created_at",),
}
GROUP_ORDERS = {"group": ("group__name", "role__name"), "role": ("role__name", "group__name"), "people": ("people",)}


@require_safe
@needs(*LOOK)
def space(request: HttpRequest, space_id: UUID) -> HttpResponse:
    """Tab Users: users with a direct role."""
    space = own_or_404(request, Space, space_id)
    account, counts = account_of(request), _counts(space)
    rows = SpaceMembership.objects.in_account(account).filter(space=space, user__account=account, user__erased_at=None)
    rows = rows.select_related("user", "role", "connection")
    listing = Listing(request, rows, MemberFilters, PEOPLE_ORDERS, known_total=lambda: counts["people"], by_key=True)
    page = {"space": space, "counts": counts, "listing": listing}
    return render(request, "spaces/users.html", page)


@require_safe
@needs(*LOOK)
def groups_of_space(request: HttpRequest, space_id: UUID) -> HttpResponse:
    """Tab Groups: groups that give a role, with their number of members."""
    space, account = own_or_404(request, Space, space_id), account_of(request)
    giving = GroupSpaceRole.objects.in_account(account).filter(space=space).select_related("group", "role")
    counted = giving.annotate(people=number_of(GroupMembership.objects.in_account(account), "group", "group"))
    listing = Listing(request, counted, GivingFilters, GROUP_ORDERS)
    return render(request, "spaces/groups.html", {"space": space, "counts": _counts(space), "listing": listing})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_USERS)
def place(request: HttpRequest, space_id: UUID) -> HttpResponse:
    space = own_or_404(request, Space, space_id)
    form = PlaceForm(account_of(request), request.POST or None)
    if form.is_valid():
        person, role = form.cleaned_data["email"], form.cleaned_data["role"]
        with refusal_as_form_error(form):
            place_user(person, space, role, acting=acting(request))
            messages.success(request, f"{person} assigned to {space} as {role}.")
            return redirect("space", space.pk)
    return render(request, "spaces/place.html", {"space": space, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_USERS)
def member(request: HttpRequest, space_id: UUID, user_id: UUID) -> HttpResponse:
    """The direct role of a user in a space: its source, and changing it."""
    membership = _membership(request, space_id, user_id)
    form = SpaceRoleForm(account_of(request), request.POST or None, initial={"role": membership.role_id})
    if form.is_valid():
        with refusal_as_form_error(form):
            role = form.cleaned_data["role"]
            place_user(membership.user, membership.space, role, acting=acting(request))
            messages.success(request, f"Role of {membership.user} in {membership.space} saved: {role}.")
            return redirect("space", space_id)
    page = {"membership": membership, "form": form, "giving": _giving(membership)}
    return render(request, "spaces/member.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_USERS)
def remove_member(request: HttpRequest, space_id: UUID, user_id: UUID) -> HttpResponse:
    membership = _membership(request, space_id, user_id)
    if not is_confirmed(request):
        return ask(request, _question(membership))
    if remove_from_space(membership.user, membership.space, acting=acting(request)):
        messages.success(request, f"{membership.user} removed from {membership.space}.")
    return redirect("space", space_id)


def _counts(space: Space) -> dict[str, int]:
    return {"people": space.memberships.count(), "groups": space.group_roles.values("group").distinct().count()}


def _membership(request: HttpRequest, space_id: UUID, user_id: UUID) -> SpaceMembership:
    rows = SpaceMembership.objects.in_account(account_of(request)).select_related("user", "space", "role", "connection")
    return get_object_or_404(rows, space=space_id, user=user_id)


def _giving(membership: SpaceMembership) -> list[GroupSpaceRole]:
    """Return the roles that the user has in the space through groups."""
    rows = GroupSpaceRole.objects.in_account(membership.account_id).filter(space=membership.space_id)
    theirs = rows.filter(group__memberships__user=membership.user_id)
    return list(theirs.select_related("group", "role").order_by("group__name", "role__name"))


def _question(membership: SpaceMembership) -> Question:
    person, space, giving = membership.user, membership.space, _giving(membership)
    sentences = [f"{person} loses the role {membership.role} in {space}."]
    if membership.origin != Origin.MANUAL:
        through = f" through {membership.connection}" if membership.connection else ""
        sentences.append(
            f"A login{through} assigned this role. If the identity provider still sends {space}, the next login assigns"
            " it again. Change it there too."
        )
    if giving:
        kept = ", ".join(f"{grant.role} through {grant.group}" for grant in giving)
        sentences.append(f"Roles through groups stay: {kept}.")
    return Question(
        title=f"Remove {person} from {space}?",
        sentences=sentences,
        button="Remove",
        cancel_address=reverse("space-member", args=(space.pk, person.pk)),
    )
