"""The page "Deprovisioning awaiting approval": what the guard against mass deprovisioning holds (R45)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.alerts import open_alerts
from accounts.deprovisioning import holds
from accounts.models import HeldDeparture
from accounts.models.work import AlertKind
from accounts.permissions import Permission
from common import timestamps
from common.folding import fold
from console.shared.confirming import Question, ask, is_confirmed
from console.shared.guards import account_of, acting, needs
from console.shared.lists import Listing
from console.shared.refusals import refusal_as_message
from console.shared.words import counted

ORDERS = {"since": ("asked_at",), "email": ("user__email_key",)}
SECONDS = 4.0  # of work for one request; then the page shows how far it is, and goes on


@dataclass(frozen=True)
class Decision:
    """`sentence`: what happens to the users. `done` as in "3 people are deprovisioned"."""

    verb: str
    sentence: str
    done: str
    all_at_once: Callable[..., int]
    one: Callable[..., bool]
    is_dangerous: bool


DECISIONS = {
    "deprovision": Decision(
        verb="Deprovision",
        sentence="Access ends at once: no login, no session, no token. Users that the provider deleted are erased.",
        done="deprovisioned",
        all_at_once=holds.release_all,
        one=holds.release_one,
        is_dangerous=True,
    ),
    "keep": Decision(
        verb="Keep",
        sentence="They keep access. Correct a mistake in the identity provider first, or it asks again.",
        done="kept",
        all_at_once=holds.drop_all,
        one=holds.drop_one,
        is_dangerous=False,
    ),
}


class HeldFilters(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label="Search",
        method=lambda rows, _name, text: rows.filter(user__email_key__contains=fold(text)),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Email"}),
    )


@require_safe
@needs(Permission.MANAGE_USERS)
def held_people(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    rows = HeldDeparture.objects.in_account(account).select_related("user")
    page = {
        "listing": Listing(request, rows, HeldFilters, ORDERS),
        "alerts": open_alerts(account, AlertKind.MASS_DEPARTURE),
        "held": holds.held(account),
    }
    return render(request, "provisioning/held.html", page)


@require_POST
@needs(Permission.MANAGE_USERS)
def decide_one(request: HttpRequest, user_id: UUID, decision: str) -> HttpResponse:
    chosen, account = DECISIONS[decision], account_of(request)
    row = get_object_or_404(HeldDeparture.objects.in_account(account).select_related("user"), user=user_id)
    if not is_confirmed(request):
        return ask(request, _question(chosen, f"{chosen.verb} {row.user}?"))
    with refusal_as_message(request):
        if chosen.one(account, user_id, acting(request)):
            messages.success(request, f"{row.user} is {chosen.done}.")
        else:
            messages.error(request, f"{row.user} was not {chosen.done}: no longer held, or the last account admin.")
    return redirect("held-people")


@require_POST
@needs(Permission.MANAGE_USERS)
def decide(request: HttpRequest, decision: str) -> HttpResponse:
    """Decide about all users held at the time of the question. Thousands take several rounds, each of SECONDS."""
    chosen, account = DECISIONS[decision], account_of(request)
    until = _time(request.POST.get("until", "")) or timezone.now()
    waiting = holds.held_until(account, until)
    if not is_confirmed(request):
        title = f"{chosen.verb} {counted(waiting, 'person', 'people')}?"
        return ask(request, _question(chosen, title, _names(request), until=until.isoformat()))
    now_done = chosen.all_at_once(account, acting(request), until=until, seconds=SECONDS)
    done = _number(request.POST.get("done", "")) + now_done
    left = holds.held_until(account, until)
    if left and now_done:
        page = {"verb": chosen.verb, "done": done, "left": left, "all": done + left, "until": until.isoformat()}
        return render(request, "provisioning/deciding.html", page)
    messages.success(request, f"{counted(done, 'person is', 'people are')} {chosen.done}.")
    if left:
        needs_more = "only an admin with at least their permissions can decide"
        messages.warning(request, f"{counted(left, 'person is', 'people are')} still held: {needs_more}.")
    if "HX-Request" in request.headers:
        return HttpResponseClientRedirect(reverse("held-people"))
    return redirect("held-people")


def _question(chosen: Decision, title: str, names: list[str] | None = None, **fields: str) -> Question:
    return Question(
        title,
        (chosen.sentence,),
        chosen.verb,
        reverse("held-people"),
        names=names or (),
        fields=tuple(fields.items()),
        is_dangerous=chosen.is_dangerous,
    )


def _names(request: HttpRequest) -> list[str]:
    """The first ones; the question shows no more."""
    rows: Any = HeldDeparture.objects.in_account(account_of(request)).select_related("user").order_by("asked_at")
    return [str(row.user) for row in rows[:20]]


def _time(text: str) -> datetime | None:
    """Never later than now: the question was not about users held after it."""
    try:
        return min(timestamps.read(text), timezone.now())
    except ValueError:
        return None


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 8 else 0
