"""Confirmation page before a destructive action. Works without scripts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

CONFIRMED = "confirmed"
SHOWN = 20  # names


@dataclass(frozen=True)
class Question:
    """`title`: "Deprovision 3 users?"; `sentences`: consequences; `button`: the verb; `names`: affected objects."""

    title: str
    sentences: Sequence[str]
    button: str
    cancel_address: str
    names: Sequence[str] = ()
    # Fields that come back with the yes, beside what the address says.
    fields: Iterable[tuple[str, str]] = field(default=())
    # What may be chosen with the yes: boxes to tick.
    form: forms.Form | None = None
    is_dangerous: bool = True
    total: int | None = None  # how many there are, where `names` holds the first of them only
    # Where the yes rests on having seen each name.
    shows_all: bool = False


def is_confirmed(request: HttpRequest) -> bool:
    """Whether this POST confirms the action."""
    return request.POST.get(CONFIRMED) == "yes"


def ask(request: HttpRequest, question: Question) -> HttpResponse:
    """Render the confirmation; it posts to the requested URL."""
    total = len(question.names) if question.total is None else question.total
    most = total if question.shows_all else SHOWN
    page = {"question": question, "shown": question.names[:most], "more": max(0, total - most)}
    return render(request, "components/question.html", page)
