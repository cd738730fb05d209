"""Publish or discard the draft of a connection, after a confirmation."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.connections import consent, drafts
from accounts.connections.drafts import draft_of, drafted
from accounts.connections.provider.issuer import check_before_use
from accounts.permissions import Permission
from console.connections.allowing import allow_form, ticked
from console.connections.drafts.words import described_draft
from console.connections.tabs import address_of, connection_of
from console.shared.confirming import Question, ask, is_confirmed
from console.shared.guards import acting, needs
from console.shared.refusals import refusal_as_message
from console.shared.words import counted


@require_POST
@needs(Permission.MANAGE_SSO)
def publish(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    connection = connection_of(request, connection_id)
    draft = draft_of(connection)
    with refusal_as_message(request):
        if draft and not is_confirmed(request):
            consent.check_verb("publish", connection.account_id, acting(request))
            drafts.check_may_be_published(draft)
            if drafted(draft).issuer != connection.issuer:
                check_before_use(drafted(draft))
            described = described_draft(draft)
            users = counted(connection.identities.count(), "user signs", "users sign")
            tested = described.lacking or "This draft passed a test."
            question = Question(
                title=f"Publish the draft of {connection}?",
                sentences=(tested, f"{users} in through this connection. These settings apply from the next login:"),
                names=[str(one) for one in described.differences],
                shows_all=True,
                fields=[("version", described.version)],
                form=allow_form(drafted(draft)),
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
    draft = draft_of(connection)
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
