"""What is done with the ticked people of the list, or with everybody who fits its filters."""

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

PORTION = 500  # people whom one request places or adds
OUT_AT_ONCE = 50  # people whom one request deprovisions, each in a transaction of their own


@require_POST
@needs(Permission.MANAGE_USERS)
def place_selected(request: HttpRequest) -> HttpResponse:
    selection, form = Selection(request), PlaceForm(account_of(request), request.POST)
    if problem := selection.problem() or _problem(form):
        return _refused(request, selection, problem)
    space, role = form.cleaned_data["space"], form.cleaned_data["role"]
    fields = {"space": space.name, "role": str(role.pk)}
    if selection.is_everybody and not is_confirmed(request):
        what = f"in space {space} as {role}"
        sentence = f"Everybody who fits the filters gets this role in {space}, in place of one they may have there."
        return _ask(request, selection, f"Place {selection.words} {what}?", [sentence], "Place", fields)

    def do(keys: list[UUID]) -> Done:
        return Done(place_users(keys, space, role, acting=acting(request)))

    done, doing = f"placed in {space} as {role}", f"Placing people in {space}"
    return carry_out(request, selection, do, portion=PORTION, doing=doing, done=done, fields=_yes(fields))


@require_POST
@needs(Permission.MANAGE_USERS)
def join_selected(request: HttpRequest) -> HttpResponse:
    selection, form = Selection(request), JoinForm(account_of(request), request.POST)
    if problem := selection.problem() or _problem(form):
        return _refused(request, selection, problem)
    group = form.cleaned_data["group"]
    if selection.is_everybody and not is_confirmed(request):
        sentence = f"Everybody who fits the filters gets what {group} gives."
        title, fields = f"Add {selection.words} to group {group}?", {"group": group.name}
        return _ask(request, selection, title, [sentence], "Add to group", fields)

    def do(keys: list[UUID]) -> Done:
        joined = join(keys, group, acting=acting(request))
        return Done(joined.added, joined.refused)

    fields = _yes({"group": group.name})
    doing, done = f"Adding people to {group}", f"added to {group}"
    return carry_out(request, selection, do, portion=PORTION, doing=doing, done=done, fields=fields)


@require_POST
@needs(Permission.MANAGE_USERS)
def deprovision_selected(request: HttpRequest) -> HttpResponse:
    selection = Selection(request)
    if problem := selection.problem():
        return _refused(request, selection, problem)
    if not is_confirmed(request):
        sentences = [
            "They are out at once: no login, and every session and API token of theirs is dead.",
            "Then they lose their spaces and groups. Until their records are erased,"
            f" {account_of(request).retention_days} days from now, you can restore them.",
            "The last account admin, people with more permissions than you, and you keep access and are named.",
        ]
        return _ask(request, selection, f"Deprovision {selection.words}?", sentences, "Deprovision", {}, danger=True)
    do = partial(_deprovision, account=account_of(request), actor=acting(request))
    doing, done = "Deprovisioning people", "deprovisioned"
    return carry_out(request, selection, do, portion=OUT_AT_ONCE, doing=doing, done=done, fields=_yes({}))


@require_POST
@needs(Permission.MANAGE_USERS)
def remove_identities_of_selected(request: HttpRequest) -> HttpResponse:
    selection = Selection(request)
    if problem := selection.problem():
        return _refused(request, selection, problem)
    if not is_confirmed(request):
        sentences = [
            "Every connection forgets the subjects by which it knows them, and the sessions that were opened with them"
            " end. Spaces, groups and roles stay.",
            "Their next login links again by a verified email of a verified domain. Remove identities only of people"
            " whose email is still their own.",
            "People with more permissions than you keep theirs and are named.",
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
    """The first thing that is wrong with the form, naming the field; empty: nothing."""
    return next((f"{form[name].label}: {errors[0]}" for name, errors in form.errors.items()), "")


def _refused(request: HttpRequest, selection: Selection, problem: str) -> HttpResponse:
    messages.error(request, problem)
    return redirect(selection.back)


def _yes(fields: dict[str, str]) -> dict[str, str]:
    return {**fields, "confirmed": "yes"}
