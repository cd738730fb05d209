"""The request log: what identity providers asked of the account within 30 days, and what came of it."""

import json
from uuid import UUID

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.deprovisioning import holds
from accounts.permissions import Permission
from console.shared.guards import account_of, needs, own_or_404, zone_for
from console.shared.timelines import Timeline, TimelineFilters
from scim.models import ProvisioningRequest

SEARCHED = 50_000  # requests for one page of a search
OUTCOMES = {"ok": Q(status__lt=400), "refused": Q(status__gte=400)}
CLIENTS = ("Okta", "Entra", "other")


def _search_box(placeholder: str) -> forms.TextInput:
    return forms.TextInput(attrs={"type": "search", "placeholder": placeholder, "autocomplete": "off"})


class RequestFilters(TimelineFilters):
    q = django_filters.CharFilter(
        label="Search", field_name="sentence", lookup_expr="icontains", widget=_search_box("Person, or words of a line")
    )
    outcome = django_filters.ChoiceFilter(
        label="Outcome", choices=[(key, key) for key in OUTCOMES], method="by_outcome", empty_label="any"
    )
    client = django_filters.ChoiceFilter(label="Client", choices=[(name, name) for name in CLIENTS], empty_label="any")
    token = django_filters.CharFilter(label="Token", field_name="token_name", lookup_expr="iexact")

    def by_outcome(
        self, rows: "QuerySet[ProvisioningRequest]", _name: str, outcome: str
    ) -> "QuerySet[ProvisioningRequest]":
        return rows.filter(OUTCOMES[outcome])


@require_safe
@needs(Permission.MANAGE_USERS)
def requests(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    rows = ProvisioningRequest.objects.in_account(account).defer("body")
    listing = Timeline(request, rows, RequestFilters, within=SEARCHED)
    page = {"listing": listing, "held": holds.held(account), "zone": zone_for(request)}
    return render(request, "provisioning/requests.html", page)


@require_safe
@needs(Permission.MANAGE_USERS)
def request_detail(request: HttpRequest, request_id: UUID) -> HttpResponse:
    line = own_or_404(request, ProvisioningRequest, request_id)
    body = "" if line.body is None else json.dumps(line.body, indent=2, ensure_ascii=False)
    return render(request, "provisioning/request.html", {"line": line, "body": body, "zone": zone_for(request)})
