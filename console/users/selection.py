"""The people an admin has ticked in the list, or everybody who fits its filters, taken in portions.

A portion is what one request does. Where people are left, a page shows how far it is and posts the rest: by itself
where there are scripts, else by its button. All there is to remember stands in that page, and doing a portion twice
changes nothing, so it may be left and taken up at any time.
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
from console.shared.refusals import counted, told_on_the_next_page
from console.users.users import listing_of, people_of

MOST = 10_000
TOLD = 20  # refusals that are told one by one


@dataclass(frozen=True)
class Done:
    """What a portion came to: of how many something changed, and a sentence for each who was refused."""

    changed: int
    refused: tuple[str, ...] = ()


class Selection:
    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.is_everybody = request.POST.get("everybody") == "yes"
        self.people = self._everybody() if self.is_everybody else self._ticked()
        self.after = _key(request.POST.get("after", ""))
        self.total = _number(request.POST.get("total", "")) or self.people.count()
        self.done, self.changed = _number(request.POST.get("done", "")), _number(request.POST.get("changed", ""))
        self.refused = request.POST.getlist("refused")[:TOLD]

    @property
    def words(self) -> str:
        return counted(self.total, "person", "people")

    @property
    def back(self) -> str:
        """The list, with the filters it had."""
        query = self._request.GET.urlencode()
        return f"{reverse('users')}?{query}" if query else reverse("users")

    def problem(self) -> str:
        """Why nothing can be done with it; empty: it can."""
        if not self.total:
            return "Expected at least one person; received none. Tick people in the list first."
        if self.total > MOST:
            return f"Expected at most {MOST:,} people at once; received {self.total:,}. Set more filters first."
        return ""

    def names(self) -> list[str]:
        return [
            str(person) for person in self.people.select_related(None).only("email", "user_name").order_by("email_key")
        ]

    def fields(self) -> Iterator[tuple[str, str]]:
        """Who is meant, as hidden fields."""
        if self.is_everybody:
            yield "everybody", "yes"
        for key in self._keys():
            yield "person", key

    def portion(self, size: int) -> list[UUID]:
        left = self.people.filter(pk__gt=self.after) if self.after else self.people
        return list(left.order_by("pk").values_list("pk", flat=True)[:size])

    def note(self, people: int, step: Done) -> None:
        self.done += people
        self.changed += step.changed
        self.refused = [*self.refused, *step.refused][:TOLD]

    def _everybody(self) -> QuerySet[User]:
        found: QuerySet[User] = listing_of(self._request).rows
        return found

    def _ticked(self) -> QuerySet[User]:
        return people_of(account_of(self._request)).filter(pk__in=self._keys())

    def _keys(self) -> list[str]:
        ticked = () if self.is_everybody else self._request.POST.getlist("person")[:MOST]
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
    """Does the next portion, then goes back to the list or on to the next. `doing`: "Placing people in DevOps";
    `done`: what the changed ones are now, "placed in DevOps"; `fields`: what else `do` was made of."""
    keys, step = selection.portion(portion), None
    with told_on_the_next_page(request):
        step = do(keys)
    if step is not None:
        selection.note(len(keys), step)
    if step is None or len(keys) < portion or selection.done >= selection.total:
        _tell(request, selection, done)
        return redirect(selection.back)
    hidden = [*selection.fields(), *fields.items(), *(("refused", sentence) for sentence in selection.refused)]
    counts = {"after": keys[-1], "total": selection.total, "done": selection.done, "changed": selection.changed}
    page = {"selection": selection, "doing": doing, "hidden": [*hidden, *counts.items()]}
    return render(request, "users/progress.html", page)


def _tell(request: HttpRequest, selection: Selection, done: str) -> None:
    if selection.changed:
        word = "was" if selection.changed == 1 else "were"
        messages.success(request, f"{counted(selection.changed, 'person', 'people')} {word} {done}.")
    for sentence in selection.refused:
        messages.error(request, sentence)
    if not selection.changed and not selection.refused and selection.done:
        messages.info(request, f"Nothing to change: all {selection.words} were that already, or are out.")


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
