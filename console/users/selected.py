"""Bulk actions on the selected users of the list, or on all that match its filters."""

from functools import partial
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.audit.audit import Actor
from accounts.connections.identities import remove_identities_of
from accounts.deprovisioning.many import deprovision_many
from accounts.groups.members import join
from accounts.models import Account
from accounts.permissions import Permission
from console.shared.confirming import Question, ask, is_confirmed
from console.shared.guards import account_of, acting, needs
from console.users.forms import JoinForm, PlaceForm
from console.users.selection import Done, Selection, carry_out
from spaces.placing import place_users

PORTION = 500  # users that one request assigns or adds
OUT_AT_ONCE = 50  # users that one request deprovisions, each in its own transaction


@require_POST
@needs(Permission.MANAGE_USERS)
def place_selected(request: HttpRequest) -> HttpResponse:
    selection, form = Selection(request), PlaceForm(account_of(request), request.POST)
    if problem := selection.problem() or _problem(form):
        return _refused(request, selection, problem)
    space, role = form.cleaned_data["space"], form.cleaned_data["role"]
    fields = {"space": space.name, "role": str(role.pk)}
    if selection.takes_all and not is_confirmed(request):
        what = f"to {space} as {role}"
        sentence = f"All users that match the filters get this role in {space}. It replaces a directly assigned role."
        return _ask(request, selection, f"Assign {selection.words} {what}?", [sentence], "Assign", fields)

    def do(keys: list[UUID]) -> Done:
        return Done(place_users(keys, space, role, acting=acting(request)))

    done, doing = f"assigned to {space} as {role}", f"Assigning users to {space}"
    return carry_out(request, selection, do, portion=PORTION, doing=doing, done=done, fields=_yes(fields))


@require_POST
@needs(Permission.MANAGE_USERS)
def join_selected(request: HttpRequest) -> HttpResponse:
    selection, form = Selection(request), JoinForm(account_of(request), request.POST)
    if problem := selection.problem() or _problem(form):
        return _refused(request, selection, problem)
    group = form.cleaned_data["group"]
    if selection.takes_all and not is_confirmed(request):
        sentence = f"All users that match the filters get the roles that {group} assigns."
        title, fields = f"Add {selection.words} to group {group}?", {"group": group.name}
        return _ask(request, selection, title, [sentence], "Add to group", fields)

    def do(keys: list[UUID]) -> Done:
        joined = join(keys, group, acting=acting(request))
        return Done(joined.added, joined.refused)

    fields = _yes({"group": group.name})
    doing, done = f"Adding users to {group}", f"added to {group}"
    return carry_out(request, selection, do, portion=PORTION, doing=doing, done=done, fields=fields)


@require_POST
@needs(Permission.MANAGE_USERS)
def deprovision_selected(request: HttpRequest) -> HttpResponse:
    selection = Selection(request)
    if problem := selection.problem():
        return _refused(request, selection, problem)
    if not is_confirmed(request):
        sentences = [
            "Access ends immediately: no sign-in, and all sessions and API tokens are revoked.",
            "The users also lose all spaces and groups. You can restore them for"
            f" {account_of(request).retention_days} days; then their records are erased.",
            "You, the last account admin and users with more permissions than you are skipped and listed.",
        ]
        return _ask(request, selection, f"Deprovision {selection.words}?", sentences, "Deprovision", {}, danger=True)
    do = partial(_deprovision, account=account_of(request), actor=acting(request))
    doing, done = "Deprovisioning users", "deprovisioned"
    return carry_out(request, selection, do, portion=OUT_AT_ONCE, doing=doing, done=done, fields=_yes({}))


@require_POST
@needs(Permission.MANAGE_USERS)
def remove_identities_of_selected(request: HttpRequest) -> HttpResponse:
    selection = Selection(request)
    if problem := selection.problem():
        return _refused(request, selection, problem)
    if not is_confirmed(request):
        sentences = [
            "These users are unlinked from all connections, and sessions opened through them end. Spaces, groups and"
            " roles stay.",
            "The next login links each user again by a verified email of a verified domain. Remove identities only if"
            " the email still belongs to the same person.",
            "Users with more permissions than you are skipped and listed.",
        ]
        title = f"Remove all identities of {selection.words}?"
        return _ask(request, selection, title, sentences, "Remove identities", {}, danger=True)

    def do(keys: list[UUID]) -> Done:
        done = remove_identities_of(keys, account_of(request), acting=acting(request))
        return Done(done.people, done.refused)

    doing, done = "Removing identities", "unlinked from all connections"
    return carry_out(request, selection, do, portion=PORTION, doing=doing, done=done, fields=_yes({}))


def _deprovision(keys: list[UUID], account: Account, actor: Actor) -> Done:
    done = deprovision_many(keys, account, acting=actor)
    return Done(done.deprovisioned, done.refused)


def _ask(
    request: HttpRequest,
    selection: Selection,
    title: str,
    sentences: list[str],
    button: str,
    fields: dict[str, str],
    *,
    danger: bool = False,
) -> HttpResponse:
    kept = [*selection.fields(), *fields.items()]
    names = selection.names()
    return ask(request, Question(title, sentences, button, selection.back, names, kept, is_dangerous=danger))


def _problem(form: forms.Form) -> str:
    """Return the first error of the form with the label of its field; empty: it is valid."""
    return next((f"{form[name].label}: {errors[0]}" for name, errors in form.errors.items()), "")


def _refused(request: HttpRequest, selection: Selection, problem: str) -> HttpResponse:
    messages.error(request, problem)
    return redirect(selection.back)


def _yes(fields: dict[str, str]) -> dict[str, str]:
    return {**fields, "confirmed": "yes"}
