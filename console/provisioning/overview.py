"""The page "Set up": base URL, tokens, checklist, settings, and the last request of an identity provider."""

from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import account_settings
from accounts.alerts import open_alerts
from accounts.connections import scope as connection_scope
from accounts.deprovisioning import guard, holds
from accounts.models import Account, Connection
from accounts.models.account import MAX_RETENTION
from accounts.models.work import AlertKind
from accounts.permissions import Permission
from accounts.tokens import tokens
from console.provisioning.checklists import CHECKLISTS
from console.shared.guards import account_of, acting, needs, own_or_404
from console.shared.refusals import refusal_as_form_error
from console.tokens.forms import ProvisioningTokenForm
from console.tokens.tokens import revoke, show_once
from scim.models import ProvisioningRequest

TOKENS_SHOWN = 20
MOST_LOOKS = 150  # of a page that waits for the first call: ten minutes
EXPLANATION = "It belongs to the account, so it stays valid when the user who created it is deprovisioned."
NEXT = "Paste it into your identity provider, as the check-list on the page before says."
CONSEQUENCE = "An identity provider that uses it is refused from then on, until it has another one."
ALERTS = (AlertKind.MASS_DEPARTURE, AlertKind.TOKEN_OWNER, AlertKind.TOKEN_EXPIRY)


class SettingsForm(forms.Form):
    hold = forms.BooleanField(label="Hold mass deprovisioning until an admin approves it", required=False)
    retention_days = forms.IntegerField(
        label="Days to keep deprovisioned users",
        min_value=0,
        max_value=MAX_RETENTION,
        help_text="Until then they can be restored; after that they are erased.",
    )


@require_safe
@needs(Permission.MANAGE_USERS)
def provisioning(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    stored = {"hold": account.hold_mass_departures, "retention_days": account.retention_days}
    return _page(request, SettingsForm(initial=stored))


@require_POST
@needs(Permission.MANAGE_USERS)
def save_settings(request: HttpRequest) -> HttpResponse:
    account, form = account_of(request), SettingsForm(request.POST)
    if form.is_valid():
        with refusal_as_form_error(form):
            holds.set_hold(account, form.cleaned_data["hold"], acting(request))
            account_settings.set_retention(account, form.cleaned_data["retention_days"], acting(request))
    if not form.is_valid():
        return _page(request, form)
    messages.success(request, "The settings are saved.")
    return redirect("provisioning")


@require_safe
@needs(Permission.MANAGE_USERS)
def last_call(request: HttpRequest) -> HttpResponse:
    """The line alone, for a page that waits. It asks some minutes only: asking keeps the session awake."""
    account, look = account_of(request), request.GET.get("look", "")
    looked = int(look) if look.isascii() and look.isdigit() and len(look) <= 3 else MOST_LOOKS
    page = {
        "last_call": _last_call(account),
        "looks_again": looked + 1 if looked < MOST_LOOKS else None,
    }
    return render(request, "provisioning/last_call.html", page)


def _last_call(account: Account) -> ProvisioningRequest | None:
    return ProvisioningRequest.objects.in_account(account).order_by("-at").first()


def _page(request: HttpRequest, form: SettingsForm) -> HttpResponse:
    account = account_of(request)
    usable = tokens.with_permission(tokens.living(account), Permission.MANAGE_USERS).order_by("-created_at")
    base_url = f"{settings.BASE_URL}/api/scim"
    connections = connection_scope.connections_of(account)
    chosen = _vendor(request, connections)
    page = {
        "alerts": open_alerts(account, *ALERTS),
        "base_url": base_url,
        "last_call": _last_call(account),
        "looks_again": 1,
        "tokens": usable[: TOKENS_SHOWN + 1],
        "tokens_shown": TOKENS_SHOWN,
        "token_form": ProvisioningTokenForm(connections),
        "are_several": connection_scope.are_several(connections),
        "checklist": CHECKLISTS[chosen](base_url),
        "checklists": [make(base_url) for make in CHECKLISTS.values()],
        "settings_form": form,
        "usual": guard.usual(account),
        "held": holds.held(account),
    }
    return render(request, "provisioning/provisioning.html", page)


def _vendor(request: HttpRequest, connections: list[Connection]) -> str:
    """The check-list asked for; else that of the provider the account signs in with."""
    asked = request.GET.get("for", "")
    if asked in CHECKLISTS:
        return asked
    return next((one.vendor for one in connections[:1] if one.vendor in CHECKLISTS), "okta")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_USERS)
def new_service_token(request: HttpRequest) -> HttpResponse:
    connections = connection_scope.connections_of(account_of(request))
    form = ProvisioningTokenForm(connections, request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusal_as_form_error(form):
            token, text = tokens.issue_service_token(
                account_of(request),
                form.cleaned_data["name"],
                [Permission.MANAGE_USERS],
                expires_at=form.expires_at,
                connection=form.chosen,
                acting=acting(request),
            )
            warning = connection_scope.warning_without(form.chosen, connections)
            return show_once(request, token, text, "provisioning", NEXT, warning)
    page = {"form": form, "heading": "A new token for provisioning", "explanation": EXPLANATION}
    return render(request, "tokens/new.html", {**page, "back": reverse("provisioning")})


@require_POST
@needs(Permission.MANAGE_USERS)
def revoke_provisioning_token(request: HttpRequest, token_id: UUID) -> HttpResponse:
    usable = tokens.with_permission(tokens.living(account_of(request)), Permission.MANAGE_USERS)
    return revoke(request, own_or_404(request, usable, token_id), reverse("provisioning"), CONSEQUENCE)
