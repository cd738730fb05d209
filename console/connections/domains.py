"""Email domains of a connection, and their verification."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from accounts.connections.domains import domains as service
from accounts.models import EmailDomain
from accounts.permissions import Permission
from console.connections.forms import DomainForm
from console.connections.tabs import address_of, after_step, connection_of, posted, shown
from console.shared.confirming import Question, ask, is_confirmed
from console.shared.guards import acting, needs, own_or_404
from console.shared.refusals import refusal_as_form_error, refusal_as_message


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_SSO)
def domains(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """The list; a POST adds a domain."""
    connection = connection_of(request, connection_id)
    form = DomainForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with refusal_as_form_error(form):
            row = service.claim_domain(connection, form.cleaned_data["domain"], acting=acting(request))
            then = "Already verified." if row.proved_at else "To verify it, add the DNS record shown below."
            messages.success(request, f"'{row}' added. {then}")
            route = "connection-domains"
            return after_step(connection, route) if row.proved_at else redirect(route, connection.pk)
    lines = [(row, service.expected_record(row)) for row in connection.domains.order_by("domain")]
    return shown(request, connection, "connection-domains", "connections/domains.html", lines=lines, form=form)


@require_POST
@needs(Permission.MANAGE_SSO)
def check(request: HttpRequest, connection_id: UUID, domain_id: UUID) -> HttpResponse:
    connection = connection_of(request, connection_id)
    domain = own_or_404(request, EmailDomain.objects.filter(connections=connection), domain_id)
    with refusal_as_message(request):
        service.verify_domain(domain, acting=acting(request))
        messages.success(request, f"'{domain}' verified.")
        return after_step(connection, "connection-domains")
    return redirect("connection-domains", connection.pk)


@require_POST
@needs(Permission.MANAGE_SSO)
def subdomains(request: HttpRequest, connection_id: UUID, domain_id: UUID) -> HttpResponse:
    """Include subdomains if the box is selected."""
    connection = connection_of(request, connection_id)
    domain = own_or_404(request, EmailDomain.objects.filter(connections=connection), domain_id)
    included = request.POST.get("included") == "yes"
    with refusal_as_message(request):
        service.include_subdomains(domain, included, acting=acting(request))
        effect = "now includes its subdomains" if included else "no longer includes its subdomains"
        messages.success(request, f"'{domain}' {effect}.")
    return redirect("connection-domains", connection.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_SSO)
def remove(request: HttpRequest, connection_id: UUID, domain_id: UUID) -> HttpResponse:
    connection = connection_of(request, connection_id)
    domain = own_or_404(request, EmailDomain.objects.filter(connections=connection), domain_id)
    back = address_of(connection, "connection-domains")
    if not is_confirmed(request):
        question = Question(
            title=f"Remove {domain} from {connection}?",
            sentences=(
                f"The sign-in page no longer routes users of {domain} to this connection, and its logins no longer"
                " match existing users by such an email. Users already linked can still sign in.",
                "If no other connection uses the domain, the account releases it and must verify it again to reuse it.",
            ),
            button="Remove",
            cancel_address=back,
        )
        return ask(request, question)
    with refusal_as_message(request):
        service.remove_domain(connection, domain, acting=acting(request))
        messages.success(request, f"'{domain}' removed.")
    return redirect(back)
