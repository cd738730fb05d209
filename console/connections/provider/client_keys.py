"""Client key of an OpenID Connect connection: create, download the certificate, rotate."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from accounts.connections.certificates.changes import make_client_key, use_next_client_key
from accounts.models.identity import Protocol
from accounts.permissions import Permission
from console.connections.tabs import address_of, connection_of
from console.shared.confirming import Question, ask, is_confirmed
from console.shared.guards import acting, needs
from console.shared.refusals import refusal_as_message


@require_POST
@needs(Permission.MANAGE_SSO)
def make(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    connection = connection_of(request, connection_id, protocol=Protocol.OIDC)
    with refusal_as_message(request):
        make_client_key(connection, acting=acting(request))
        messages.success(request, "Key created. Now add its certificate or the JWKS URL at the identity provider.")
    return redirect("connection-provider", connection.pk)


@require_POST
@needs(Permission.MANAGE_SSO)
def use_next(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    connection = connection_of(request, connection_id, protocol=Protocol.OIDC)
    if not is_confirmed(request):
        question = Question(
            title=f"Use the next key of {connection}?",
            sentences=(
                "Token requests are then signed with it, and the current key is deleted. Logins fail if the identity"
                " provider does not have the next certificate yet.",
            ),
            button="Use next key",
            cancel_address=address_of(connection, "connection-provider"),
        )
        return ask(request, question)
    with refusal_as_message(request):
        use_next_client_key(connection, acting=acting(request))
        messages.success(request, "The next key is in use. Remove the old certificate at the identity provider.")
    return redirect("connection-provider", connection.pk)


@require_safe
@needs(Permission.MANAGE_SSO)
def certificate(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """Download the newest client certificate."""
    connection = connection_of(request, connection_id, protocol=Protocol.OIDC)
    newest = connection.next_certificate or connection.sp_certificate
    if not newest:
        raise Http404
    disposition = {"Content-Disposition": 'attachment; filename="torque-client.pem"'}
    return HttpResponse(newest, content_type="application/x-pem-file", headers=disposition)
