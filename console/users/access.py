"""Change a user's access: account role, identifiers, spaces, groups; deprovision and restore."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.deprovisioning import end_access
from accounts.deprovisioning.end_access import deprovision_many
from accounts.groups.members import add_member, remove_member
from accounts.models import Group, User
from accounts.models.user import UserState
from accounts.permissions import Permission
from accounts.provisioning import identifiers
from accounts.users.users import set_account_role
from console.shared.confirming import Question, ask, is_confirmed
from console.shared.guards import account_of, acting, needs, own_or_404
from console.shared.refusals import refusal_as_form_error, refusal_as_message
from console.users.forms import AccountRoleForm, IdentifiersForm, JoinForm, PlaceForm
from console.users.user import address_of, person_or_404, show
from spaces import placing
from spaces.models import Space

IDENTIFIERS_CHANGED = "Identifiers changed. Provisioning and the next login match this user by them."


@require_POST
@needs(Permission.MANAGE_USERS)
def change_account_role(request: HttpRequest, user_id: UUID) -> HttpResponse:
    person = person_or_404(request, user_id)
    form = AccountRoleForm(account_of(request), request.POST)
    if form.is_valid():
        role = form.cleaned_data["role"]
        with refusal_as_form_error(form):
            if set_account_role(person, role, acting=acting(request)):
                messages.success(request, f"Account role of {person} changed to {role}.")
            return redirect(address_of(person))
    return show(request, person_or_404(request, user_id), account_role=form)


@require_POST
@needs(Permission.MANAGE_USERS)
def change_identifiers(request: HttpRequest, user_id: UUID) -> HttpResponse:
    person = person_or_404(request, user_id)
    form = IdentifiersForm(account_of(request), request.POST)
    if form.is_valid():
        with refusal_as_form_error(form):
            changed = identifiers.change_identifiers(person, form.cleaned_data, acting=acting(request))
            messages.success(request, IDENTIFIERS_CHANGED if changed else "No changes.")
            _warn_of_same_external_id(request, person_or_404(request, user_id))
            return redirect(address_of(person))
    return show(request, person_or_404(request, user_id), identifiers=form)


def _warn_of_same_external_id(request: HttpRequest, person: User) -> None:
    if others := identifiers.same_external_id(person):
        names = " and ".join(map(str, others))
        messages.warning(
            request,
            f"The external ID '{person.external_id}' is also used by {names}, so logins do not match users by it."
            " They match by user name or email.",
        )


@require_POST
@needs(Permission.MANAGE_USERS)
def place_user(request: HttpRequest, user_id: UUID) -> HttpResponse:
    person = person_or_404(request, user_id)
    form = PlaceForm(account_of(request), request.POST)
    if form.is_valid():
        space, role = form.cleaned_data["space"], form.cleaned_data["role"]
        with refusal_as_message(request):
            if placing.place_user(person, space, role, acting=acting(request)):
                messages.success(request, f"{person} assigned to {space} as {role}.")
        return redirect(address_of(person))
    return show(request, person, place=form)


@require_POST
@needs(Permission.MANAGE_USERS)
def take_out_of_space(request: HttpRequest, user_id: UUID, space_id: UUID) -> HttpResponse:
    person, space = person_or_404(request, user_id), own_or_404(request, Space, space_id)
    if not is_confirmed(request):
        sentences = [
            f"The user loses the role assigned directly in {space}. Roles through groups stay.",
            "If the identity provider still sends this space, the next login assigns it again. Change it there too.",
        ]
        return ask(request, Question(f"Remove {person} from {space}?", sentences, "Remove", address_of(person)))
    if placing.remove_from_space(person, space, acting=acting(request)):
        messages.success(request, f"{person} removed from {space}.")
    return redirect(address_of(person))


@require_POST
@needs(Permission.MANAGE_USERS)
def add_to_group(request: HttpRequest, user_id: UUID) -> HttpResponse:
    person = person_or_404(request, user_id)
    form = JoinForm(account_of(request), request.POST)
    if form.is_valid():
        group = form.cleaned_data["group"]
        with refusal_as_message(request):
            if add_member(group, person, acting=acting(request)):
                messages.success(request, f"{person} added to group {group}.")
        return redirect(address_of(person))
    return show(request, person, join=form)


@require_POST
@needs(Permission.MANAGE_USERS)
def remove_from_group(request: HttpRequest, user_id: UUID, group_id: UUID) -> HttpResponse:
    person, group = person_or_404(request, user_id), own_or_404(request, Group, group_id)
    if not is_confirmed(request):
        sentences = [f"The user loses the roles that {group} assigns, in spaces and in the account."]
        title = f"Remove {person} from group {group}?"
        return ask(request, Question(title, sentences, "Remove", address_of(person)))
    with refusal_as_message(request):
        if remove_member(group, person, acting=acting(request)):
            messages.success(request, f"{person} removed from group {group}.")
    return redirect(address_of(person))


@require_POST
@needs(Permission.MANAGE_USERS)
def deprovision_user(request: HttpRequest, user_id: UUID) -> HttpResponse:
    person = person_or_404(request, user_id)
    if not is_confirmed(request):
        sentences = [
            "Access ends immediately: no sign-in, and all sessions and API tokens are revoked.",
            "The user also loses all spaces and groups. You can restore the user for"
            f" {person.account.retention_days} days; then the record is erased.",
            "The identity provider is not informed. If it still assigns the user, it may create them again.",
        ]
        return ask(request, Question(f"Deprovision {person}?", sentences, "Deprovision", address_of(person)))
    done = deprovision_many([person.pk], account_of(request), acting=acting(request))
    for sentence in done.refused:
        messages.error(request, sentence)
    if done.deprovisioned:
        messages.success(request, f"{person} deprovisioned.")
    return redirect(address_of(person))


@require_POST
@needs(Permission.MANAGE_USERS)
def restore_user(request: HttpRequest, user_id: UUID) -> HttpResponse:
    person = person_or_404(request, user_id)
    with refusal_as_message(request):
        restored = end_access.restore(person.pk, account_of(request), acting=acting(request))
        then = "can sign in" if restored.state == UserState.ACTIVE else "is pending until the next SSO login"
        messages.success(
            request, f"{restored} restored as Account Member and {then}. Assign spaces, groups and roles again."
        )
    return redirect(address_of(person))
