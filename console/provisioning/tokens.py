"""Tokens for provisioning: the account's own, independent of any user (R40), and users' own with that permission."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.connections import scope as connection_scope
from accounts.permissions import Permission
from accounts.tokens import tokens
from console.shared.guards import account_of, acting, needs, own_or_404
from console.shared.refusals import refusal_as_form_error
from console.tokens.forms import ProvisioningTokenForm
from console.tokens.shared_views import revoke, show_once

EXPLANATION = "It belongs to the account, so it stays valid when the user who created it is deprovisioned."
NEXT = "Paste it into your identity provider, as the check-list on the page before says."
CONSEQUENCE = "An identity provider that uses it is refused from then on, until it has another one."


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
