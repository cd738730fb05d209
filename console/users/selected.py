"""Bulk actions on the selected users of the list, or on all that match its filters, handled in batches.

One request handles one batch. While users are left, a page shows progress and posts the next batch: by itself where
scripts run, else by its button. The page holds the whole state, and a repeated batch changes nothing, so an action can
be interrupted and resumed at any time.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.connections.identities import remove_identities_of
from accounts.deprovisioning.end_access import deprovision_many
from accounts.groups.members import join
from accounts.models import User
from accounts.permissions import Permission
from console.shared.confirming import CONFIRMED, Question, ask, is_confirmed
from console.shared.guards import account_of, acting, needs
from console.shared.refusals import refusal_as_message
from console.shared.words import counted
from console.users.forms import JoinForm, PlaceForm
from console.users.users import listing_of, users_of
from spaces.placing import place_users

MOST = 10_000
PORTION = 500  # users that one request assigns, adds or unlinks
OUT_AT_ONCE = 50  # users that one request deprovisions, each in its own transaction
REFUSALS_SHOWN = 20
# Result of a batch: the number of users changed, and a sentence for each that was refused.
Done = tuple[int, Sequence[str]]


class Selection:
    def __init__(self, request: HttpRequest) -> None:
        self._request, sent = request, request.POST
        self.takes_all = sent.get("everybody") == "yes"
        ticked = () if self.takes_all else sent.getlist("person")[:MOST]
        self._keys = [str(key) for key in map(_key, ticked) if key]
        chosen = users_of(account_of(request)).filter(pk__in=self._keys)
        self.users: QuerySet[User] = listing_of(request).rows if self.takes_all else chosen
        self.after = _key(sent.get("after", ""))
        self.total = _number(sent.get("total", "")) or self.users.count()
        self.done, self.changed = _number(sent.get("done", "")), _number(sent.get("changed", ""))
        self.refused = sent.getlist("refused")[:REFUSALS_SHOWN]

    @property
    def words(self) -> str:
        return counted(self.total, "user", "users")

    @property
    def back(self) -> str:
        """URL of the list with its filters."""
        query = self._request.GET.urlencode()
        return f"{reverse('users')}?{query}" if query else reverse("users")

    def problem(self, form: forms.Form | None = None) -> str:
        """Return why the selection cannot be used, or the first error of the form with its label; empty: it can."""
        if not self.total:
            return "No users selected. Select users in the list first."
        if self.total > MOST:
            return f"At most {MOST:,} users at once; the selection has {self.total:,}. Add filters first."
        if form is None:
            return ""
        return next((f"{form[name].label}: {errors[0]}" for name, errors in form.errors.items()), "")

    def names(self) -> list[str]:
        return list(map(str, self.users.select_related(None).only("email", "user_name").order_by("email_key")))

    def fields(self) -> Iterator[tuple[str, str]]:
        """Yield the selection as hidden fields."""
        if self.takes_all:
            yield "everybody", "yes"
        for key in self._keys:
            yield "person", key

    def portion(self, size: int) -> list[UUID]:
        left = self.users.filter(pk__gt=self.after) if self.after else self.users
        return list(left.order_by("pk").values_list("pk", flat=True)[:size])

    def note(self, users: int, changed: int, refused: Sequence[str]) -> None:
        self.done += users
        self.changed += changed
        self.refused = [*self.refused, *refused][:REFUSALS_SHOWN]


@require_POST
@needs(Permission.MANAGE_USERS)
def place_selected(request: HttpRequest) -> HttpResponse:
    selection, form = Selection(request), PlaceForm(account_of(request), request.POST)
    if problem := selection.problem(form):
        return _refused(request, selection, problem)
    space, role = form.cleaned_data["space"], form.cleaned_data["role"]
    title = f"Assign {selection.words} to {space} as {role}?"
    sentence = f"All users that match the filters get this role in {space}. It replaces a directly assigned role."
    fields = [("space", space.name), ("role", str(role.pk))]

    def do(keys: list[UUID]) -> Done:
        return place_users(keys, space, role, acting=acting(request)), ()

    question = Question(title, [sentence], "Assign", selection.back, fields=fields, is_dangerous=False)
    doing, done = f"Assigning users to {space}", f"assigned to {space} as {role}"
    return _carry_out(request, selection, question, do, portion=PORTION, doing=doing, done=done)


@require_POST
@needs(Permission.MANAGE_USERS)
def join_selected(request: HttpRequest) -> HttpResponse:
    selection, form = Selection(request), JoinForm(account_of(request), request.POST)
    if problem := selection.problem(form):
        return _refused(request, selection, problem)
    group = form.cleaned_data["group"]
    title, fields = f"Add {selection.words} to group {group}?", [("group", group.name)]
    sentence = f"All users that match the filters get the roles that {group} assigns."

    def do(keys: list[UUID]) -> Done:
        joined = join(keys, group, acting=acting(request))
        return joined.added, joined.refused

    question = Question(title, [sentence], "Add to group", selection.back, fields=fields, is_dangerous=False)
    doing, done = f"Adding users to {group}", f"added to {group}"
    return _carry_out(request, selection, question, do, portion=PORTION, doing=doing, done=done)


@require_POST
@needs(Permission.MANAGE_USERS)
def deprovision_selected(request: HttpRequest) -> HttpResponse:
    selection = Selection(request)
    sentences = [
        "Access ends immediately: no sign-in, and all sessions and API tokens are revoked.",
        "The users also lose all spaces and groups. You can restore them for"
        f" {account_of(request).retention_days} days; then their records are erased.",
        "You, the last account admin and users with more permissions than you are skipped and listed.",
    ]

    def do(keys: list[UUID]) -> Done:
        ended = deprovision_many(keys, account_of(request), acting=acting(request))
        return ended.deprovisioned, ended.refused

    question = Question(f"Deprovision {selection.words}?", sentences, "Deprovision", selection.back)
    doing, done = "Deprovisioning users", "deprovisioned"
    return _carry_out(request, selection, question, do, portion=OUT_AT_ONCE, doing=doing, done=done)


@require_POST
@needs(Permission.MANAGE_USERS)
def remove_identities_of_selected(request: HttpRequest) -> HttpResponse:
    selection = Selection(request)
    sentences = [
        "These users are unlinked from all connections, and sessions opened through them end. Spaces, groups and"
        " roles stay.",
        "The next login links each user again by a verified email of a verified domain. Remove identities only if"
        " the email still belongs to the same person.",
        "Users with more permissions than you are skipped and listed.",
    ]

    def do(keys: list[UUID]) -> Done:
        removed = remove_identities_of(keys, account_of(request), acting=acting(request))
        return removed.people, removed.refused

    title = f"Remove all identities of {selection.words}?"
    question = Question(title, sentences, "Remove identities", selection.back)
    doing, done = "Removing identities", "unlinked from all connections"
    return _carry_out(request, selection, question, do, portion=PORTION, doing=doing, done=done)


def _refused(request: HttpRequest, selection: Selection, problem: str) -> HttpResponse:
    messages.error(request, problem)
    return redirect(selection.back)


def _carry_out(
    request: HttpRequest,
    selection: Selection,
    question: Question,
    do: Callable[[list[UUID]], Done],
    *,
    portion: int,
    doing: str,
    done: str,
) -> HttpResponse:
    """Ask, where it is dangerous or about all users; handle the next batch; then redirect to the list or show progress.

    `doing`: "Assigning users to DevOps"; `done`: "assigned to DevOps". The question's fields: what `do` was built from.
    """
    if problem := selection.problem():
        return _refused(request, selection, problem)
    fields = [*selection.fields(), *question.fields]
    if (question.is_dangerous or selection.takes_all) and not is_confirmed(request):
        return ask(request, replace(question, names=selection.names(), fields=fields))
    keys, step = selection.portion(portion), None
    with refusal_as_message(request):
        step = do(keys)
    if step is not None:
        selection.note(len(keys), *step)
    if step is None or len(keys) < portion or selection.done >= selection.total:
        _add_messages(request, selection, done)
        return redirect(selection.back)
    fields += [(CONFIRMED, "yes"), *(("refused", sentence) for sentence in selection.refused)]
    counts = {"after": keys[-1], "total": selection.total, "done": selection.done, "changed": selection.changed}
    page = {"selection": selection, "doing": doing, "hidden": [*fields, *counts.items()]}
    return render(request, "users/progress.html", page)


def _add_messages(request: HttpRequest, selection: Selection, done: str) -> None:
    if selection.changed:
        messages.success(request, f"{counted(selection.changed, 'user', 'users')} {done}.")
    for sentence in selection.refused:
        messages.error(request, sentence)
    if not selection.changed and not selection.refused and selection.done:
        messages.info(request, f"No changes: nothing to do for {selection.words}.")


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
