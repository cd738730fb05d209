"""The audit log: a page of entries, newest first, with filters, and as a file."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

import django_filters
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from accounts.audit import export as audit_export
from accounts.audit import words as audit_words
from accounts.audit.chain import chain_state
from accounts.audit.words import SENTENCES, Change
from accounts.errors import ActionRefused
from accounts.models import AuditEntry
from accounts.permissions import Permission
from console.shared.guards import account_of, acting, needs
from console.shared.searching import search_box
from console.shared.timelines import Timeline, TimelineFilters

SEARCHED = 100_000  # entries for one page of a search
CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson; charset=utf-8"}


@dataclass(frozen=True)
class Line:
    """An audit entry with its sentence and changes."""

    entry: AuditEntry
    sentence: str
    changes: list[Change]


def line_of(entry: AuditEntry) -> Line:
    sentence = audit_words.sentence(entry.action, entry.object_label)
    return Line(entry, sentence, audit_words.changes(entry.changes, entry.action))


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
    }
    return render(request, "audit/audit.html", page)


@require_GET
@needs(Permission.VIEW_AUDIT_LOG)
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """`?since=` and `?until=`: ISO 8601."""
    account = account_of(request)
    try:
        since, until = _time(request, "since"), _time(request, "until")
        text = audit_export.export(account, form, since=since, until=until, acting=acting(request))
    except ActionRefused as refusal:
        return HttpResponse(str(refusal), status=400, content_type="text/plain; charset=utf-8")
    response = StreamingHttpResponse(text, content_type=CONTENT_TYPES[form])
    name = f"audit-{account.slug}-{timezone.now():%Y-%m-%d}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _time(request: HttpRequest, name: str) -> datetime | None:
    text = request.GET.get(name, "")
    return audit_export.time_of(text) if text else None
