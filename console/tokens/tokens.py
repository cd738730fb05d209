"""API tokens: all of the account, for users with Manage Users, and the user's own."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import django_filters
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.alerts import open_alerts
from accounts.models import ApiToken
from accounts.models.work import AlertKind
from accounts.permissions import Permission
from accounts.tokens import tokens
from common.folding import fold
from console.shared.guards import account_of, acting, needs, own_or_404, person_of, zone_for
from console.shared.lists import Listing
from console.shared.refusals import refusal_as_form_error
from console.shared.searching import search_box
from console.tokens.forms import OwnTokenForm
from console.tokens.shared_views import revoke, show_once

ORDERS = {
    "created": ("-created_at",),
    "name": ("name",),
    "owner": ("user__email_key",),
    "used": ("last_used_at",),
    "expires": ("expires_at",),
}
DORMANT = timedelta(days=90)
SOON = timedelta(days=30)
Kept = Callable[["QuerySet[ApiToken]"], "QuerySet[ApiToken]"]
OWNERS: dict[str, tuple[str, Kept]] = {
    "people": ("a user", lambda rows: rows.exclude(user=None)),
    "account": ("the account", lambda rows: rows.filter(user=None)),
}
USES: dict[str, tuple[str, Kept]] = {
    "never": ("never used", lambda rows: rows.filter(last_used_at=None)),
    "dormant": ("over 90 days ago", lambda rows: rows.filter(last_used_at__lt=timezone.now() - DORMANT)),
}
ENDS: dict[str, tuple[str, Kept]] = {
    "soon": ("within 30 days", lambda rows: rows.filter(expires_at__lt=timezone.now() + SOON)),
    "never": ("never", lambda rows: rows.filter(expires_at=None)),
}


def _choice(label: str, kept: dict[str, tuple[str, Kept]]) -> django_filters.ChoiceFilter:
    def keep(rows: "QuerySet[ApiToken]", _name: str, value: str) -> "QuerySet[ApiToken]":
        return kept[value][1](rows)

    choices = [(key, words) for key, (words, _) in kept.items()]
    return django_filters.ChoiceFilter(label=label, choices=choices, method=keep, empty_label="any")


class TokenFilters(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Search", method="search", widget=search_box("Name, owner or first characters"))
    permission = django_filters.ChoiceFilter(
        label="Permission",
        choices=[(str(one), str(one)) for one in Permission],
        method="by_permission",
        empty_label="any",
    )
    owner = _choice("Owner", OWNERS)
    used = _choice("Last use", USES)
    expires = _choice("Expires", ENDS)

    def search(self, rows: "QuerySet[ApiToken]", _name: str, text: str) -> "QuerySet[ApiToken]":
        named = Q(name__icontains=text) | Q(user__email_key__contains=fold(text))
        return rows.filter(named | Q(prefix__startswith=text[:16]))

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
        "zone": zone_for(request),
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
    token = get_object_or_404(tokens.living(person.account, owner=person), pk=token_id)
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


EXPLANATION = "Programs that send this token act on your behalf, with only the selected permissions."
NEXT = "Programs send it as 'Authorization: Bearer' and the token. It is revoked when your access ends."
