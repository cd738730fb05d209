"""The e-mail domains whose people sign in through a connection, and their proof."""

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
from console.shared.refusals import told_in_the_form, told_on_the_next_page


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_SSO)
def domains(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """The list; a POST claims another one."""
    connection = connection_of(request, connection_id)
    form = DomainForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with told_in_the_form(form):
            row = service.claim_domain(connection, form.cleaned_data["domain"], acting=acting(request))
            told = "It is proved already." if row.proved_at else "Now prove it: add the record that is shown below."
            messages.success(request, f"'{row}' is added. {told}")
            route = "connection-domains"
            return after_step(connection, route) if row.proved_at else redirect(route, connection.pk)
    lines = [(row, service.expected_record(row)) for row in connection.domains.order_by("domain")]
    return shown(request, connection, "connection-domains", "connections/domains.html", lines=lines, form=form)


@require_POST
@needs(Permission.MANAGE_SSO)
def check(request: HttpRequest, connection_id: UUID, domain_id: UUID) -> HttpResponse:
    connection = connection_of(request, connection_id)
    domain = own_or_404(request, EmailDomain.objects.filter(connections=connection), domain_id)
    with told_on_the_next_page(request):
        service.prove_domain(domain, acting=acting(request))
        messages.success(request, f"'{domain}' is proved: it is yours alone.")
        return after_step(connection, "connection-domains")
    return redirect("connection-domains", connection.pk)


@require_POST
@needs(Permission.MANAGE_SSO)
def subdomains(request: HttpRequest, connection_id: UUID, domain_id: UUID) -> HttpResponse:
    """A ticked box includes them."""
    connection = connection_of(request, connection_id)
    domain = own_or_404(request, EmailDomain.objects.filter(connections=connection), domain_id)
    included = request.POST.get("included") == "yes"
    with told_on_the_next_page(request):
        service.include_subdomains(domain, included, acting=acting(request))
        effect = "includes its sub-domains now" if included else "does not include its sub-domains any more"
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
                f"People who type an e-mail of {domain} no longer find this connection, and its logins no longer find"
                " an existing user by such an e-mail. Who has signed in through it before is still known.",
                "With its last connection the account gives the domain up: it has to be proved again to come back.",
            ),
            button="Remove",
            cancel_address=back,
        )
        return ask(request, question)
    with told_on_the_next_page(request):
        service.remove_domain(connection, domain, acting=acting(request))
        messages.success(request, f"'{domain}' is removed.")
    return redirect(back)
