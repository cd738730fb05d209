"""API tokens: all of the account, for users with Manage Users, and the user's own. Every token is revoked here."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import django_filters
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.alerts import open_alerts
from accounts.models import ApiToken
from accounts.models.token import TokenKind
from accounts.models.work import AlertKind
from accounts.permissions import Permission
from accounts.tokens import tokens
from accounts.tokens.revocation import check_may_revoke, made_with, revoke_token
from common.folding import fold
from console.shared.confirming import SHOWN, Question, ask, is_confirmed
from console.shared.guards import account_of, acting, needs, own_or_404, person_of, zone_for
from console.shared.lists import Listing
from console.shared.refusals import refusal_as_form_error, refusal_as_message
from console.shared.searching import choice_filter, search_filter
from console.shared.words import counted
from console.tokens.forms import OwnTokenForm

ORDERS = {
    "created": ("-created_at",),
    "name": ("name",),
    "owner": ("user__email_key",),
    "used": ("last_used_at",),
    "expires": ("expires_at",),
}
DORMANT = timedelta(days=90)
SOON = timedelta(days=30)
EXPLANATION = "Programs that send this token act on your behalf, with only the selected permissions."
NEXT = "Programs send it as 'Authorization: Bearer' and the token. It is revoked when your access ends."
OWNERS = {"people": ("a user", lambda: ~Q(user=None)), "account": ("the account", lambda: Q(user=None))}
USES = {
    "never": ("never used", lambda: Q(last_used_at=None)),
    "dormant": ("over 90 days ago", lambda: Q(last_used_at__lt=timezone.now() - DORMANT)),
}
ENDS = {
    "soon": ("within 30 days", lambda: Q(expires_at__lt=timezone.now() + SOON)),
    "never": ("never", lambda: Q(expires_at=None)),
}


def _matching(text: str) -> Q:
    named = Q(name__icontains=text) | Q(user__email_key__contains=fold(text))
    return named | Q(prefix__startswith=text[:16])


class TokenFilters(django_filters.FilterSet):
    q = search_filter("Name, owner or first characters", _matching)
    permission = django_filters.ChoiceFilter(
        label="Permission",
        choices=[(str(one), str(one)) for one in Permission],
        method="by_permission",
        empty_label="any",
    )
    owner = choice_filter("Owner", OWNERS)
    used = choice_filter("Last use", USES)
    expires = choice_filter("Expires", ENDS)

    def by_permission(self, rows: "QuerySet[ApiToken]", _name: str, permission: str) -> "QuerySet[ApiToken]":
        return tokens.with_permission(rows, permission)


@require_safe
@needs(Permission.MANAGE_USERS)
def all_tokens(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    listing = Listing(request, tokens.living(account), TokenFilters, ORDERS)
    page = {
        "listing": listing,
        "form": OwnTokenForm(request),
        "alerts": open_alerts(account, AlertKind.TOKEN_EXPIRY),
    }
    return render(request, "tokens/tokens.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_USERS)
def new_token(request: HttpRequest) -> HttpResponse:
    return _new_of_own(request, "tokens")


@require_POST
@needs(Permission.MANAGE_USERS)
def revoke_any(request: HttpRequest, token_id: UUID) -> HttpResponse:
    token = own_or_404(request, tokens.living(account_of(request)), token_id)
    return revoke(request, token, reverse("tokens"), "Programs that use it lose access.")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_own_token(request: HttpRequest) -> HttpResponse:
    return _new_of_own(request, "profile")


@require_POST
@login_required
def revoke_own(request: HttpRequest, token_id: UUID) -> HttpResponse:
    person = person_of(request)
    token = own_or_404(request, tokens.living(person.account, owner=person), token_id)
    return revoke(request, token, reverse("profile"), "Your programs that use it lose access.")


def _new_of_own(request: HttpRequest, back: str) -> HttpResponse:
    form = OwnTokenForm(request, request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusal_as_form_error(form):
            token, text = tokens.issue_token(
                person_of(request),
                form.cleaned_data["name"],
                form.cleaned_data.get("permissions", []),
                expires_at=form.expires_at,
                acting=acting(request),
            )
            return show_once(request, token, text, back, NEXT)
    page: dict[str, Any] = {"form": form, "heading": "New personal token", "explanation": EXPLANATION}
    return render(request, "tokens/new.html", {**page, "back": reverse(back)})


def show_once(
    request: HttpRequest, token: ApiToken, text: str, back: str, what_next: str, warning: str = ""
) -> HttpResponse:
    """Respond to the POST itself: no redirect, message or session holds the text (R36). `back`: a route name."""
    page = {"token": token, "text": text, "back": reverse(back), "what_next": what_next}
    response = render(request, "tokens/created.html", {**page, "warning": warning})
    response.headers["Cache-Control"] = "no-store"
    return response


def revoke(request: HttpRequest, token: ApiToken, back: str, consequence: str) -> HttpResponse:
    """Confirm, then revoke the token and all tokens created with it.

    `consequence`: effect on programs that use it; `back`: a URL.
    """
    with refusal_as_message(request):
        if not is_confirmed(request):
            check_may_revoke(token, acting(request))
            return ask(request, _question(request, token, back, consequence))
        ended = [one for one in revoke_token(token, acting=acting(request)) if one != token]
        also = f" {counted(len(ended), 'token', 'tokens')} created with it revoked too." if ended else ""
        messages.success(request, f"Token '{token.name}' revoked.{also}")
    return redirect(back)


def _question(request: HttpRequest, token: ApiToken, back: str, consequence: str) -> Question:
    made = made_with(token)
    number = made.count()
    sentences = [_use_of(token, request), _maker_of(token), f"{consequence} This cannot be undone."]
    if number:
        sentences.append(f"{counted(number, 'token was', 'tokens were')} created with it and will be revoked too:")
    owner = token.user.email if token.user else "the account"
    return Question(
        f"Revoke the token '{token.name}' of {owner}?",
        list(filter(None, sentences)),
        "Revoke" if not number else f"Revoke all {number + 1}",
        back,
        [f"{one.name} ({one.prefix}…)" for one in made[:SHOWN]],
        total=number,
    )


def _maker_of(token: ApiToken) -> str:
    """Return how the token was created; empty: by a user, or unknown."""
    if token.made_by is None:
        return ""
    if token.made_by.kind == TokenKind.SHORT:
        return "A program created it with the owner's password."
    return f"It was created with the token '{token.made_by.name}' ({token.made_by.prefix}…)."


def _use_of(token: ApiToken, request: HttpRequest) -> str:
    if token.last_used_at is None:
        return f"{token.prefix}… was never used."
    zone = zone_for(request)
    return (
        f"{token.prefix}… was last used on {date_format(token.last_used_at.astimezone(zone), 'j M Y, H:i')} ({zone})."
    )
