"""Overview of a connection: health and configuration; enable, disable, delete, publish or discard its draft; and “Ask
an Account Admin”, for users with Manage Single Sign-On who may prepare a change but not decide it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.connections import connections, consent, drafts
from accounts.connections.admin_requests import Request, ask_an_admin
from accounts.connections.checks import check
from accounts.connections.provider.issuer import check_before_use
from accounts.connections.provider.metadata import is_held
from accounts.models import Connection
from accounts.models.identity import ConnectionState
from accounts.permissions import Permission
from accounts.sso.addresses import addresses_of
from console.connections.forms import allow_form, ticked
from console.connections.health import health_of
from console.connections.tabs import address_of, connection_of, shown
from console.connections.words import described_draft, settings_of
from console.shared.confirming import Question, ask, is_confirmed
from console.shared.guards import acting, needs, permissions_of
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
    if drafts.draft_of(connection) is not None:
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


@require_POST
@needs(Permission.MANAGE_SSO)
def publish(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    connection = connection_of(request, connection_id)
    draft = drafts.draft_of(connection)
    with refusal_as_message(request):
        if draft and not is_confirmed(request):
            consent.check_verb("publish", connection.account_id, acting(request))
            drafts.check_may_be_published(draft)
            if drafts.drafted(draft).issuer != connection.issuer:
                check_before_use(drafts.drafted(draft))
            described = described_draft(draft)
            users = counted(connection.identities.count(), "user signs", "users sign")
            tested = described.lacking or "This draft passed a test."
            question = Question(
                title=f"Publish the draft of {connection}?",
                sentences=(tested, f"{users} in through this connection. These settings apply from the next login:"),
                names=[str(one) for one in described.differences],
                shows_all=True,
                fields=[("version", described.version)],
                form=allow_form(drafts.drafted(draft)),
                button="Publish",
                cancel_address=address_of(connection),
                is_dangerous=bool(described.lacking),
            )
            return ask(request, question)
        version = request.POST.get("version", "")
        drafts.publish(connection, version, acting=acting(request), allowed=ticked(request))
        messages.success(request, f"Draft published. '{connection}' uses it from the next login.")
    return redirect("connection", connection.pk)


@require_POST
@needs(Permission.MANAGE_SSO)
def throw_away(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    connection = connection_of(request, connection_id)
    draft = drafts.draft_of(connection)
    if draft and not is_confirmed(request):
        described = described_draft(draft)
        question = Question(
            title=f"Discard the draft of {connection}?",
            sentences=("Live settings do not change. These changes are lost:",),
            names=[str(one) for one in described.differences],
            fields=[("version", described.version)],
            button="Discard",
            cancel_address=address_of(connection),
        )
        return ask(request, question)
    with refusal_as_message(request):
        drafts.throw_away(connection, request.POST.get("version", ""), acting=acting(request))
        messages.success(request, "Draft discarded. Live settings are unchanged.")
    return redirect("connection", connection.pk)


@require_POST
@needs(Permission.MANAGE_SSO, Permission.MANAGE_USERS)
def ask_admins(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """`what`: a kind of request. Users with Manage Users alone can request groups only, from a group's page."""
    connection = connection_of(request, connection_id)
    manages_sso = Permission.MANAGE_SSO in permissions_of(request)
    if (what := request.POST.get("what")) not in (Request.values if manages_sso else [Request.GROUPS.value]):
        raise Http404
    with refusal_as_message(request):
        ask_an_admin(connection, Request(what), request.POST.get("note", ""), acting=acting(request))
        messages.success(request, "Request sent. The account admins see it on their home page.")
    return redirect("connection", connection.pk) if manages_sso else redirect("groups")
