"""Tab Identity provider: service provider details, identity provider details, client secret; and metadata: refresh now,
approve or reject a held change (R64)."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from accounts.connections import unreadable_secrets
from accounts.connections.certificates.certificates import fingerprint
from accounts.connections.certificates.client_keys import thumbprint
from accounts.connections.changes import kept_certificates
from accounts.connections.connections import lacks_client_secret, missing
from accounts.connections.drafts import change_client_secret, change_settings, with_draft
from accounts.connections.provider import metadata
from accounts.connections.provider.settings import PUBLIC_CLIENT
from accounts.models import Connection
from accounts.models.identity import Protocol
from accounts.permissions import Permission
from accounts.sso.addresses import addresses_of
from console.connections.provider.forms import (
    ClientSecretForm,
    FieldsForm,
    MetadataAddressForm,
    MetadataFileForm,
    OpenIdForm,
    ProviderForm,
    SamlOptionsForm,
)
from console.connections.tabs import address_of, after_step, connection_of, edited, set_up_of, shown, where
from console.guides.views import VENDORS as GUIDED
from console.shared.confirming import Question, ask, is_confirmed
from console.shared.guards import acting, needs
from console.shared.refusals import refusal_as_form_error, refusal_as_message

_SAML_WAYS: dict[str, type[ProviderForm]] = {
    "address": MetadataAddressForm,
    "file": MetadataFileForm,
    "fields": FieldsForm,
    "options": SamlOptionsForm,
}
_OUTCOMES = {
    "busy": (
        messages.WARNING,
        "Not refreshed: too many requests to identity providers are queued. Try again in a moment.",
    ),
    "failed": (messages.ERROR, "Refresh failed; the reason is shown below. The last valid copy stays in use."),
    "held": (messages.WARNING, "Metadata changed significantly and needs your approval."),
    "changed": (messages.SUCCESS, "Refreshed: changes applied."),
    "read": (messages.SUCCESS, "Refreshed: no changes."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_SSO)
def provider(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """`way`: which of the forms for identity provider details was posted."""
    connection = edited(request, connection_id)
    ways = _SAML_WAYS if connection.protocol == Protocol.SAML else {"openid": OpenIdForm}
    chosen = request.POST.get("way", "") if request.method == "POST" else ""
    posted = {chosen: (request.POST, request.FILES)}
    all_forms = {way: form(connection, *posted.get(way, ()), prefix=way) for way, form in ways.items()}
    form = all_forms.get(chosen)
    if form and form.is_valid():
        with refusal_as_form_error(form):
            return _save(request, connection, form)
    return _page(request, connection, all_forms)


def _save(request: HttpRequest, connection: Connection, form: ProviderForm) -> HttpResponse:
    found = form.read()
    changed = change_settings(connection, found.fields, acting=acting(request))
    for warning in found.warnings:
        messages.warning(request, warning)
    messages.success(request, f"Saved{where(connection)}." if changed else "No changes.")
    fresh = connection_of(request, connection.pk)
    edited_now = with_draft(fresh)
    if lacks_client_secret(edited_now):
        messages.warning(request, f"{PUBLIC_CLIENT} Enter the client secret below, or choose the other flow.")
    elif changed and not missing(edited_now):
        return after_step(fresh, "connection")
    return redirect("connection-provider", connection.pk)


@require_POST
@needs(Permission.MANAGE_SSO)
def client_secret(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    connection = edited(request, connection_id, protocol=Protocol.OIDC)
    form = ClientSecretForm(request.POST, prefix="secret")
    if form.is_valid():
        with refusal_as_form_error(form):
            given = form.cleaned_data
            change_client_secret(connection, given["client_secret"], given["expires_at"], acting=acting(request))
            stored = f"Client secret saved{where(connection)}. It is stored encrypted and not shown again."
            messages.success(request, stored)
            return after_step(connection, "connection-provider")
    return _page(request, connection, {"openid": OpenIdForm(connection, prefix="openid")}, form)


@require_POST
@needs(Permission.MANAGE_SSO)
def remove_client_secret(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    connection = connection_of(request, connection_id, protocol=Protocol.OIDC)
    if not is_confirmed(request):
        question = Question(
            title=f"Remove the client secret of {connection}?",
            sentences=(
                "With the flow “code with PKCE”, logins then fail unless this application is a public client at the"
                " identity provider. Users with very many groups keep their current groups.",
            ),
            button="Remove",
            cancel_address=address_of(connection, "connection-provider"),
        )
        return ask(request, question)
    with refusal_as_message(request):
        change_client_secret(connection, "", None, acting=acting(request))
        messages.success(request, f"Client secret removed{where(connection)}.")
    return redirect("connection-provider", connection.pk)


def _page(
    request: HttpRequest,
    connection: Connection,
    all_forms: dict[str, ProviderForm],
    secret_form: forms.Form | None = None,
) -> HttpResponse:
    addresses = addresses_of(connection)
    keys = {"In use": connection.sp_certificate, "Next": connection.next_certificate}
    ours = [
        (value, addresses[value.address])
        for value in set_up_of(connection).service_provider_details
        if addresses[value.address]
    ]
    return shown(
        request,
        connection,
        "connection-provider",
        "connections/provider.html",
        edits=True,
        ours=ours,
        metadata_address=addresses["metadata_url"],
        lacks_secret=lacks_client_secret(connection),
        client_keys=[(words, pem, thumbprint(pem), fingerprint(pem)) for words, pem in keys.items() if pem],
        jwks_address=addresses.get("jwks_uri", ""),
        ways=all_forms,
        secret_form=secret_form or ClientSecretForm(prefix="secret"),
        is_complete=not missing(connection),
        has_guide=connection.vendor in GUIDED,
        unreadable=list(unreadable_secrets.sentences(connection)),
    )


@require_POST
@needs(Permission.MANAGE_SSO)
def read_again(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    connection = connection_of(request, connection_id)
    if not (connection.metadata_url or connection.issuer):
        messages.error(request, "No metadata URL or issuer to refresh from. Enter one first.")
    else:
        outcomes = metadata.refresh(connection)
        level, sentence = next(message for outcome, message in _OUTCOMES.items() if outcome in outcomes)
        messages.add_message(request, level, sentence)
    return redirect("connection", connection.pk)


@require_POST
@needs(Permission.MANAGE_SSO)
def approve(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    connection = connection_of(request, connection_id)
    if metadata.is_held(connection) and not is_confirmed(request):
        held = connection.metadata_held
        question = Question(
            title=f"Approve the changed metadata of {connection}?",
            sentences=(
                held["why"],
                f"Logins are then accepted from '{held['idp_entity_id']}', signed with these certificates:",
            ),
            names=[fingerprint(pem) for pem in kept_certificates(held["idp_certificates"])],
            button="Approve",
            cancel_address=address_of(connection),
        )
        return ask(request, question)
    with refusal_as_message(request):
        metadata.approve_metadata(connection, acting=acting(request))
        messages.success(request, "Metadata change approved.")
    return redirect("connection", connection.pk)


@require_POST
@needs(Permission.MANAGE_SSO)
def refuse(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    connection = connection_of(request, connection_id)
    with refusal_as_message(request):
        metadata.drop_metadata(connection, acting=acting(request))
        messages.success(
            request, "Metadata change rejected. The current settings stay; only another change is presented again."
        )
    return redirect("connection", connection.pk)
