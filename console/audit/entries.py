"""The audit log as a page: entries, newest first, with filters."""

from urllib.parse import urlencode

import django_filters
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.audit.chain_state import chain_state
from accounts.audit.words import SENTENCES
from accounts.models import AuditEntry
from accounts.permissions import Permission
from console.audit.lines import line_of
from console.shared.guards import account_of, needs, zone_for
from console.shared.searching import search_box
from console.shared.timelines import Timeline, TimelineFilters

SEARCHED = 100_000  # entries for one page of a search


class AuditFilters(TimelineFilters):
    object = django_filters.CharFilter(
        label="Target", field_name="object_label", lookup_expr="icontains", widget=search_box("bob@acme.example")
    )
    actor = django_filters.CharFilter(
        label="Actor", field_name="actor", lookup_expr="icontains", widget=search_box("alice@acme.example")
    )
    action = django_filters.ChoiceFilter(
        label="Action", choices=sorted(SENTENCES.items(), key=lambda pair: pair[1]), empty_label="any"
    )


@require_safe
@needs(Permission.VIEW_AUDIT_LOG)
def audit_log(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    rows = AuditEntry.objects.in_account(account).select_related("seal")
    listing = Timeline(request, rows, AuditFilters, within=SEARCHED)
    page = {
        "listing": listing,
        "lines": [line_of(entry) for entry in listing.rows],
        "export_query": urlencode(listing.filters.bounds),
        "chain": chain_state(account),
        "zone": zone_for(request),
    }
    return render(request, "audit/audit.html", page)
