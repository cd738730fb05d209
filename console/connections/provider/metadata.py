"""What the identity provider publishes: read again now, and the answer to a change that is held (R64)."""

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
from console.shared.refusals import told_on_the_next_page

_OUTCOMES = {
    "busy": (messages.WARNING, "It was not read: too many requests to identity providers wait. Try again in a moment."),
    "failed": (messages.ERROR, "It could not be read: the reason is below. The last good copy goes on serving."),
    "held": (messages.WARNING, "What was read is so different that it waits for your decision."),
    "changed": (messages.SUCCESS, "Read: what had changed was taken over."),
    "read": (messages.SUCCESS, "Read: nothing to change."),
}


@require_POST
@needs(Permission.MANAGE_SSO)
def read_again(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    connection = connection_of(request, connection_id)
    if not (connection.metadata_url or connection.issuer):
        messages.error(request, "The identity provider publishes nothing we know of: enter a metadata URL first.")
    else:
        came_to = metadata.refresh(connection)
        level, sentence = next(told for outcome, told in _OUTCOMES.items() if outcome in came_to)
        messages.add_message(request, level, sentence)
    return redirect("connection", connection.pk)


@require_POST
@needs(Permission.MANAGE_SSO)
def approve(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    connection = connection_of(request, connection_id)
    if metadata.is_held(connection) and not is_confirmed(request):
        held = connection.metadata_held
        question = Question(
            title=f"Take the changed metadata of {connection}?",
            sentences=(
                held["why"],
                f"From then on logins are taken from '{held['idp_entity_id']}', signed by these certificates:",
            ),
            names=[fingerprint(pem) for pem in kept_certificates(held["idp_certificates"])],
            button="Take it",
            cancel_address=address_of(connection),
        )
        return ask(request, question)
    with told_on_the_next_page(request):
        metadata.approve_metadata(connection, acting=acting(request))
        messages.success(request, "The changed metadata is taken.")
    return redirect("connection", connection.pk)


@require_POST
@needs(Permission.MANAGE_SSO)
def refuse(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    connection = connection_of(request, connection_id)
    with told_on_the_next_page(request):
        metadata.drop_metadata(connection, acting=acting(request))
        messages.success(request, "Refused: we go on with what we had, and ask again only about another change.")
    return redirect("connection", connection.pk)
