"""The request log: what identity providers asked of the account within 30 days, and what came of it."""

import json
from uuid import UUID

import django_filters
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.deprovisioning import holds
from accounts.permissions import Permission
from console.shared.guards import account_of, needs, own_or_404
from console.shared.searching import choice_filter, search_box
from console.shared.timelines import Timeline, TimelineFilters
from scim.models import ProvisioningRequest

SEARCHED = 50_000  # requests for one page of a search
OUTCOMES = {"ok": ("ok", lambda: Q(status__lt=400)), "refused": ("refused", lambda: Q(status__gte=400))}
CLIENTS = ("Okta", "Entra", "other")


class RequestFilters(TimelineFilters):
    q = django_filters.CharFilter(
        label="Search", field_name="sentence", lookup_expr="icontains", widget=search_box("Person, or words of a line")
    )
    outcome = choice_filter("Outcome", OUTCOMES)
    client = django_filters.ChoiceFilter(label="Client", choices=[(name, name) for name in CLIENTS], empty_label="any")
    token = django_filters.CharFilter(label="Token", field_name="token_name", lookup_expr="iexact")


@require_safe
@needs(Permission.MANAGE_USERS)
def requests(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    rows = ProvisioningRequest.objects.in_account(account).defer("body")
    listing = Timeline(request, rows, RequestFilters, within=SEARCHED)
    page = {"listing": listing, "held": holds.held(account)}
    return render(request, "provisioning/requests.html", page)


@require_safe
@needs(Permission.MANAGE_USERS)
def request_detail(request: HttpRequest, request_id: UUID) -> HttpResponse:
    line = own_or_404(request, ProvisioningRequest, request_id)
    body = "" if line.body is None else json.dumps(line.body, indent=2, ensure_ascii=False)
    return render(request, "provisioning/request.html", {"line": line, "body": body})
