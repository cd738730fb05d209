"""The connections of an account, a new one, and how long sessions last and login records are retained."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts import account_settings
from accounts.connections import connections as service
from accounts.connections.checks import check
from accounts.connections.to_do import ToDo, to_do, with_drafts
from accounts.connections.vendors import SET_UPS
from accounts.models import Connection, LoginRecord
from accounts.models.identity import LoginOutcome
from accounts.permissions import Permission
from console.connections.forms import LifetimesForm, NewConnectionForm
from console.connections.tabs import posted
from console.shared.guards import account_of, acting, needs, zone_for
from console.shared.refusals import refusal_as_form_error


@require_safe
@needs(Permission.MANAGE_SSO)
def connections(request: HttpRequest) -> HttpResponse:
    """Not paged: an account has a few connections."""
    good = LoginRecord.objects.filter(
        account=OuterRef("account"), connection=OuterRef("pk"), outcome=LoginOutcome.SIGNED_IN
    ).order_by("-at")
    rows = Connection.objects.in_account(account_of(request)).prefetch_related("domains").order_by("name")
    found = with_drafts(rows).annotate(last_good_login=Subquery(good.values("at")[:1]))
    now = timezone.now()
    lines = [
        {"connection": row, "check": check(row, now), "missing": service.missing(row), "to_do": _to_do(row)}
        for row in found
    ]
    return render(request, "connections/connections.html", {"lines": lines, "zone": zone_for(request)})


def _to_do(row: Any) -> tuple[ToDo, ...]:
    domains = row.domains.all()
    verified = sum(1 for domain in domains if domain.proved_at)
    return to_do(row.state, has_draft=row.has_draft, domains=len(domains), verified=verified)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_SSO)
def new_connection(request: HttpRequest) -> HttpResponse:
    """Create a draft at once: the service provider details, which the identity provider needs first, contain its id."""
    form = NewConnectionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        vendor, protocol = form.cleaned_data["kind"].split("-")
        with refusal_as_form_error(form):
            made = service.create_draft(
                account_of(request), form.cleaned_data["name"], vendor, protocol, acting=acting(request)
            )
            messages.success(
                request, f"Connection '{made}' created as a draft. Users cannot sign in through it until you enable it."
            )
            return redirect("connection-set-up", made.pk)
    kinds = [{"key": f"{vendor}-{protocol}", "set_up": words} for (vendor, protocol), words in SET_UPS.items()]
    page = {"form": form, "kinds": kinds, "chosen": form["kind"].value()}
    return render(request, "connections/new.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_SSO)
def lifetimes(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    form = LifetimesForm(
        request.POST or None, initial={name: getattr(account, name) for name in LifetimesForm().fields}
    )
    if form.is_valid():
        chosen, who = form.cleaned_data, acting(request)
        with refusal_as_form_error(form), transaction.atomic():
            idle, absolute = chosen["session_idle_minutes"], chosen["session_absolute_minutes"]
            account_settings.set_session_lifetimes(account, idle, absolute, who)
            account_settings.set_login_retention(account, chosen["login_retention_days"], who)
            messages.success(request, "Settings saved.")
            return redirect("lifetimes")
    return render(request, "connections/lifetimes.html", {"form": form})
