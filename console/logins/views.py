"""The login inspector: login records, what-if, and test logins."""

import json
from functools import cached_property
from typing import Any
from uuid import UUID

import django_filters
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.connections.drafts import draft_of, drafted
from accounts.connections.provider.documents import ProviderBusy
from accounts.connections.provider.tenants import as_guid
from accounts.login_records import as_reference
from accounts.models import Connection, LoginRecord
from accounts.models.identity import Beginning, LoginOutcome, Protocol, Vendor
from accounts.permissions import Permission
from accounts.sso import masking, transactions
from accounts.sso.login import trial
from accounts.sso.login.preview import preview_login
from accounts.sso.protocols import protocol_of
from accounts.sso.refusal import LoginRefused
from accounts.sso.refusal_page import busy_page
from accounts.sso.saml import service_provider
from accounts.sso.saml.claims import OBJECT_ID, TENANT_ID
from accounts.sso.sending import to_sign_in
from accounts.sso.trace import Trace
from accounts.sso.views import with_binding
from common.folding import fold
from common.http.canonical_host import at_base_url
from console.logins import record as record_page
from console.logins.forms import WhatIfForm
from console.logins.pasted import unverified_attributes
from console.shared.guards import account_of, needs, own_or_404, person_of
from console.shared.searching import search_box
from console.shared.timelines import Timeline, TimelineFilters

MAY_LOOK = (Permission.MANAGE_SSO, Permission.MANAGE_USERS)
SEARCHED = 100_000  # records for one page of a search


def _connections(request: HttpRequest) -> QuerySet[Connection]:
    return Connection.objects.in_account(account_of(request)).order_by("name")


class LoginFilters(TimelineFilters):
    q = django_filters.CharFilter(label="Search", method="search", widget=search_box("Reference or email"))
    person = django_filters.CharFilter(label="User", method="of_person", widget=search_box("bob@acme.example"))
    outcome = django_filters.ChoiceFilter(label="Outcome", choices=LoginOutcome.choices, empty_label="any")
    connection = django_filters.ModelChoiceFilter(
        label="Connection",
        queryset=_connections,  # type: ignore[arg-type]  # the stubs know no callable
        empty_label="any",
    )
    beginning = django_filters.ChoiceFilter(label="Began", choices=Beginning.choices, empty_label="any")

    @cached_property
    def indexed(self) -> frozenset[str]:  # type: ignore[override]  # a reference is found by index, part of an email not
        return TimelineFilters.indexed | {"person"} | ({"q"} if self._reference else set())

    @cached_property
    def _reference(self) -> str:
        """The reference that is looked for; empty when there is none like that."""
        reference = as_reference((self.data or {}).get("q", ""))
        all_of_account: QuerySet[LoginRecord] = self.queryset  # type: ignore[assignment]  # the view always gives one
        return reference if reference and all_of_account.filter(reference=reference).exists() else ""

    def search(self, records: QuerySet[LoginRecord], _name: str, text: str) -> QuerySet[LoginRecord]:
        """The reference that a refused user gives, or part of an e-mail address."""
        if self._reference:
            return records.filter(reference=self._reference)
        return records.filter(email_key__contains=fold(text))

    def of_person(self, records: QuerySet[LoginRecord], _name: str, email: str) -> QuerySet[LoginRecord]:
        return records.filter(email_key=fold(email))


@require_safe
@needs(*MAY_LOOK)
def logins(request: HttpRequest) -> HttpResponse:
    rows = LoginRecord.objects.in_account(account_of(request)).select_related("connection")
    listing = Timeline(request, rows.defer("message", "attributes", "steps"), LoginFilters, within=SEARCHED)
    return render(request, "logins/logins.html", {"listing": listing})


@require_safe
@needs(*MAY_LOOK)
def login_record(request: HttpRequest, reference: str) -> HttpResponse:
    rows = LoginRecord.objects.in_account(account_of(request)).select_related("connection", "user", "identity")
    record = get_object_or_404(rows, reference=reference.upper())
    vendor, protocol = (record.connection.vendor, record.connection.protocol) if record.connection else ("", "")
    page = {
        "record": record,
        "chapters": record_page.chapters(record.steps),
        "verdict": record_page.verdict(record.steps, vendor, protocol),
        "is_verified": record_page.is_verified(record.steps),
        "groups": record_page.groups_of(record),
    }
    return render(request, "logins/login.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*MAY_LOOK)
def what_if(request: HttpRequest) -> HttpResponse:
    """Try attributes out; nothing is saved. `?from=REFERENCE` starts with those of a recorded login."""
    page: dict[str, object] = {}
    if request.method == "POST":
        form = WhatIfForm(account_of(request), request.POST)
        if form.is_valid():
            page = _tried(form)
    else:
        form = WhatIfForm(account_of(request), initial=_beginning_with(request))
    return render(request, "logins/what_if.html", {"form": form, **page})


def _tried(form: WhatIfForm) -> dict[str, object]:
    connection: Connection = form.cleaned_data["connection"]
    try:
        pasted = unverified_attributes(form.cleaned_data["attributes"])
    except LoginRefused as refusal:
        form.add_error("attributes", f"Expected {refusal.expected}; received {refusal.received}.")
        return {}
    attributes = masking.without_masked(pasted)
    form.show(attributes)
    trace = Trace()
    result = preview_login(connection, form.as_person(attributes), trace)
    if result.outcome == LoginOutcome.SIGNED_IN:
        trial.add_outcome(trace, result)
    steps = trace.for_record()["steps"]
    verdict = record_page.verdict(steps, connection.vendor, connection.protocol)
    page = {"result": result, "chapters": record_page.chapters(steps), "verdict": verdict, "connection": connection}
    return {**page, "left_out": sorted(pasted.keys() - attributes.keys())}


def _beginning_with(request: HttpRequest) -> dict[str, object]:
    reference = request.GET.get("from", "").upper()
    rows = LoginRecord.objects.in_account(account_of(request)).select_related("connection")
    record = rows.filter(reference=reference).first()
    if record is None:
        return {"connection": request.GET.get("connection", "")}
    attributes = _attributes_of(record)
    return {"connection": record.connection_id, "attributes": json.dumps(attributes, indent=2, ensure_ascii=False)}


def _attributes_of(record: LoginRecord) -> dict[str, Any]:
    """Attribute name -> value of a recorded login, as far as they were kept: not those whose values were masked.

    The subject is the record's, which was a NameID or in a claim that is not among the attributes.
    """
    shown = {name: values[0] if len(values) == 1 else values for name, values in record.attributes.items()}
    kept = {**_in_message(record), **masking.without_masked(shown)}
    return {**kept, **_subject_of(record, kept)} if record.subject else kept


def _in_message(record: LoginRecord) -> dict[str, Any]:
    """Of an ID token, what a record of a former release shows in the message, and masks among the attributes."""
    try:
        claims = json.loads(record.message)
    except ValueError:
        return {}
    known = claims if isinstance(claims, dict) else {}
    return masking.without_masked({name: value for name, value in known.items() if name in record.attributes})


def _subject_of(record: LoginRecord, kept: dict[str, Any]) -> dict[str, str]:
    connection = record.connection
    tenant, _, object_id = record.subject.rpartition("/")
    is_entra = connection is not None and connection.vendor == Vendor.ENTRA and bool(as_guid(tenant))
    if connection is None:
        return {}
    if connection.protocol == Protocol.OIDC:
        return {"tid": tenant, "oid": object_id} if is_entra else {"sub": record.subject}
    if is_entra:
        return {TENANT_ID[0]: tenant, OBJECT_ID[0]: object_id}
    is_attribute = any(name in kept for name in service_provider.reading_of(connection).names.get("subject", ()))
    return {} if is_attribute else {"NameID": record.subject}


@at_base_url
@never_cache
@require_safe
@needs(Permission.MANAGE_SSO)
def begin_test(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """Send the admin to the connection's IdP; the answer is shown, and nothing is saved.

    `?draft=1`: with the settings of its draft, if it has one.
    """
    connection = own_or_404(request, Connection.objects.select_related("account"), connection_id)
    draft = draft_of(connection) if request.GET.get("draft") == "1" else None
    if draft is not None:
        connection = drafted(draft)
    binding = request.COOKIES.get(settings.SIGN_IN_COOKIE_NAME, "")
    try:
        tester = person_of(request)
        opened = transactions.open_sign_in(connection, "", binding, tester, tests_draft=draft is not None)
        outgoing = protocol_of(connection).start(connection, opened, "")
    except LoginRefused as refusal:
        return trial.shown(trial.refused(refusal, connection, None, Trace(Beginning.TEST)))
    except ProviderBusy:
        opened.row.delete()
        return busy_page(request)
    return with_binding(to_sign_in(request, connection, outgoing), opened.binding)
