"""Overview of a connection: health and configuration; enable, disable, delete."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.connections import connections
from accounts.connections.checks import check
from accounts.connections.drafts import draft_of
from accounts.connections.provider.issuer import check_before_use
from accounts.connections.provider.metadata import is_held
from accounts.models import Connection
from accounts.models.identity import ConnectionState
from accounts.permissions import Permission
from accounts.sso.addresses import addresses_of
from console.connections.allowing import allow_form, ticked
from console.connections.drafts.settings_words import settings_of
from console.connections.health import health_of
from console.connections.tabs import address_of, connection_of, shown
from console.shared.confirming import Question, ask, is_confirmed
from console.shared.guards import acting, needs
from console.shared.refusals import refusal_as_message
from console.shared.words import counted
from spaces.sign_in_rules import enable_as_seen, placement_of, version_of


@require_safe
@needs(Permission.MANAGE_SSO)
def overview(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    connection = connection_of(request, connection_id)
    return shown(
        request,
        connection,
        "connection",
        "connections/overview.html",
        check=check(connection, timezone.now()),
        missing=connections.missing(connection),
        domains=connection.domains.order_by("domain"),
        identities=connection.identities.count(),
        health=health_of(connection, timezone.now()),
        placement=placement_of(connection),
        is_held=is_held(connection),
        publishes=bool(connection.metadata_url or connection.issuer),
        start_address=addresses_of(connection)["start_url"],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_SSO)
def enable(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """Show an account admin all settings, and confirm."""
    connection = connection_of(request, connection_id)
    with refusal_as_message(request):
        if not is_confirmed(request):
            connections.check_may_be_enabled(connection, acting(request))
            check_before_use(connection)
            return ask(request, _enable_question(connection))
        check_before_use(connection)
        version = request.POST.get("version", "")
        enable_as_seen(connection, version, acting=acting(request), allowed=ticked(request))
        messages.success(request, f"'{connection}' is live. Users can sign in through it.")
    return redirect("connection", connection.pk)


def _enable_question(connection: Connection) -> Question:
    sentences = ["Users can then sign in through it, with these settings:"]
    if draft_of(connection) is not None:
        sentences.insert(0, "This does not publish the draft. These are the settings from before the draft:")
    return Question(
        title=f"Enable {connection}?",
        sentences=sentences,
        names=settings_of(connection),
        shows_all=True,
        fields=[("version", version_of(connection))],
        form=allow_form(connection),
        button="Enable",
        cancel_address=address_of(connection),
        is_dangerous=False,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_SSO)
def disable(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    connection = connection_of(request, connection_id)
    if not is_confirmed(request):
        out = connections.only_way_in(connection)
        question = Question(
            title=f"Disable {connection}?",
            sentences=(
                "Users cannot sign in through it until you enable it again."
                f" {counted(out, 'user has', 'users have')} no other way to sign in: no password and no other live"
                " connection.",
                "Open sessions stay open. To end them, use the page of each user.",
            ),
            button="Disable",
            cancel_address=address_of(connection),
        )
        return ask(request, question)
    with refusal_as_message(request):
        connections.disable(connection, acting=acting(request))
        messages.success(request, f"'{connection}' disabled. Users cannot sign in through it.")
    return redirect("connection", connection.pk)


@require_POST
@needs(Permission.MANAGE_SSO)
def delete(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    connection = connection_of(request, connection_id)
    if connection.state == ConnectionState.LIVE:
        messages.error(request, f"'{connection}' is live. Disable it before you delete it.")
        return redirect("connection", connection.pk)
    if not is_confirmed(request):
        known = counted(connection.identities.count(), "identity", "identities")
        question = Question(
            title=f"Delete {connection}?",
            sentences=(
                f"Its settings and {known} are deleted. Users, spaces and groups stay.",
                "Domains that only this connection uses are released, and its provisioning tokens are revoked. This"
                " cannot be undone.",
            ),
            button="Delete",
            cancel_address=address_of(connection),
        )
        return ask(request, question)
    with refusal_as_message(request):
        connections.delete_connection(connection, acting=acting(request))
        messages.success(request, f"'{connection}' deleted.")
    return redirect("connections")
