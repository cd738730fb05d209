"""Search and filters of login records."""

from functools import cached_property

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.login_records import as_reference
from accounts.models import Connection, LoginRecord
from accounts.models.identity import Beginning, LoginOutcome
from common.folding import fold
from console.shared.guards import account_of
from console.shared.timelines import TimelineFilters


def _box(placeholder: str) -> forms.TextInput:
    return forms.TextInput(attrs={"type": "search", "placeholder": placeholder, "autocomplete": "off"})


def _connections(request: HttpRequest) -> QuerySet[Connection]:
    return Connection.objects.in_account(account_of(request)).order_by("name")


class LoginFilters(TimelineFilters):
    q = django_filters.CharFilter(label="Search", method="search", widget=_box("Reference or email"))
    person = django_filters.CharFilter(label="User", method="of_person", widget=_box("bob@acme.example"))
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
