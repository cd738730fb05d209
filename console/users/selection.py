"""The users selected in the list, or all that match its filters, handled in batches.

One request handles one batch. While users are left, a page shows progress and posts the next batch: by itself where
scripts run, else by its button. The page holds the whole state, and a repeated batch changes nothing, so an action can
be interrupted and resumed at any time.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.models import User
from console.shared.guards import account_of
from console.shared.refusals import refusal_as_message
from console.shared.words import counted
from console.users.users import listing_of, users_of

MOST = 10_000
REFUSALS_SHOWN = 20


@dataclass(frozen=True)
class Done:
    """Result of a batch: the number of users changed, and a sentence for each that was refused."""

    changed: int
    refused: tuple[str, ...] = ()


class Selection:
    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.takes_all = request.POST.get("everybody") == "yes"
        self.users = self._all() if self.takes_all else self._ticked()
        self.after = _key(request.POST.get("after", ""))
        self.total = _number(request.POST.get("total", "")) or self.users.count()
        self.done, self.changed = _number(request.POST.get("done", "")), _number(request.POST.get("changed", ""))
        self.refused = request.POST.getlist("refused")[:REFUSALS_SHOWN]

    @property
    def words(self) -> str:
        return counted(self.total, "user", "users")

    @property
    def back(self) -> str:
        """URL of the list with its filters."""
        query = self._request.GET.urlencode()
        return f"{reverse('users')}?{query}" if query else reverse("users")

    def problem(self) -> str:
        """Return why the selection cannot be used; empty: it can."""
        if not self.total:
            return "No users selected. Select users in the list first."
        if self.total > MOST:
            return f"At most {MOST:,} users at once; the selection has {self.total:,}. Add filters first."
        return ""

    def names(self) -> list[str]:
        return [
            str(person) for person in self.users.select_related(None).only("email", "user_name").order_by("email_key")
        ]

    def fields(self) -> Iterator[tuple[str, str]]:
        """Yield the selection as hidden fields."""
        if self.takes_all:
            yield "everybody", "yes"
        for key in self._keys():
            yield "person", key

    def portion(self, size: int) -> list[UUID]:
        left = self.users.filter(pk__gt=self.after) if self.after else self.users
        return list(left.order_by("pk").values_list("pk", flat=True)[:size])

    def note(self, users: int, step: Done) -> None:
        self.done += users
        self.changed += step.changed
        self.refused = [*self.refused, *step.refused][:REFUSALS_SHOWN]

    def _all(self) -> QuerySet[User]:
        found: QuerySet[User] = listing_of(self._request).rows
        return found

    def _ticked(self) -> QuerySet[User]:
        return users_of(account_of(self._request)).filter(pk__in=self._keys())

    def _keys(self) -> list[str]:
        ticked = () if self.takes_all else self._request.POST.getlist("person")[:MOST]
        return [str(key) for key in map(_key, ticked) if key]


def carry_out(
    request: HttpRequest,
    selection: Selection,
    do: Callable[[list[UUID]], Done],
    *,
    portion: int,
    doing: str,
    done: str,
    fields: dict[str, str],
) -> HttpResponse:
    """Handle the next batch, then redirect to the list or show progress. `doing`: "Assigning users to DevOps";
    `done`: "assigned to DevOps"; `fields`: further hidden fields that `do` was built from."""
    keys, step = selection.portion(portion), None
    with refusal_as_message(request):
        step = do(keys)
    if step is not None:
        selection.note(len(keys), step)
    if step is None or len(keys) < portion or selection.done >= selection.total:
        _add_messages(request, selection, done)
        return redirect(selection.back)
    hidden = [*selection.fields(), *fields.items(), *(("refused", sentence) for sentence in selection.refused)]
    counts = {"after": keys[-1], "total": selection.total, "done": selection.done, "changed": selection.changed}
    page = {"selection": selection, "doing": doing, "hidden": [*hidden, *counts.items()]}
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
