"""Metadata of the identity provider: refresh now, approve or reject a held change (R64)."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.connections.certificates.certificates import fingerprint
from accounts.connections.changes import kept_certificates
from accounts.connections.provider import metadata
from accounts.permissions import Permission
from console.connections.tabs import address_of, connection_of
from console.shared.confirming import Question, ask, is_confirmed
from console.shared.guards import acting, needs
from console.shared.refusals import refusal_as_message

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
