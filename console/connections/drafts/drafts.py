"""The answer to a draft of a connection: published, or thrown away. Both ask."""

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
from console.connections.drafts.words import told_of_draft
from console.connections.tabs import address_of, connection_of
from console.shared.confirming import Question, ask, is_confirmed
from console.shared.guards import acting, needs
from console.shared.refusals import counted, told_on_the_next_page


@require_POST
@needs(Permission.MANAGE_SSO)
def publish(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    connection = connection_of(request, connection_id)
    draft = draft_of(connection)
    with told_on_the_next_page(request):
        if draft and not is_confirmed(request):
            consent.check_verb("publish", connection.account_id, acting(request))
            drafts.check_may_be_published(draft)
            if drafted(draft).issuer != connection.issuer:
                check_before_use(drafted(draft))
            told = told_of_draft(draft)
            people = counted(connection.identities.count(), "person signs", "people sign")
            tested = told.lacking or "Exactly this draft passed a test."
            question = Question(
                title=f"Publish the draft of {connection}?",
                sentences=(tested, f"{people} in through it. From their next login on these settings hold:"),
                names=[str(one) for one in told.differences],
                shows_all=True,
                fields=[("version", told.version)],
                form=allow_form(drafted(draft)),
                button="Publish",
                cancel_address=address_of(connection),
                is_dangerous=bool(told.lacking),
            )
            return ask(request, question)
        version = request.POST.get("version", "")
        drafts.publish(connection, version, acting=acting(request), allowed=ticked(request))
        messages.success(request, f"The draft is published: '{connection}' works with it from the next login on.")
    return redirect("connection", connection.pk)


@require_POST
@needs(Permission.MANAGE_SSO)
def throw_away(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    connection = connection_of(request, connection_id)
    draft = draft_of(connection)
    if draft and not is_confirmed(request):
        told = told_of_draft(draft)
        question = Question(
            title=f"Throw away the draft of {connection}?",
            sentences=("What is live stays as it is. These changes are lost:",),
            names=[str(one) for one in told.differences],
            fields=[("version", told.version)],
            button="Throw away",
            cancel_address=address_of(connection),
        )
        return ask(request, question)
    with told_on_the_next_page(request):
        drafts.throw_away(connection, request.POST.get("version", ""), acting=acting(request))
        messages.success(request, "The draft is thrown away. What is live stayed as it was.")
    return redirect("connection", connection.pk)
