"""Filters that lists share: a search box, a choice of conditions, users by parts of their names or emails."""

from collections.abc import Callable, Mapping
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from common.folding import casefolded

WORDS = 5


def search_box(placeholder: str) -> forms.TextInput:
    return forms.TextInput(attrs={"type": "search", "placeholder": placeholder, "autocomplete": "off"})


def search_filter(placeholder: str, matching: Callable[[str], Q]) -> django_filters.CharFilter:
    """Filter by the condition that `matching` makes of a text."""

    def search(rows: "QuerySet[Any]", _name: str, text: str) -> "QuerySet[Any]":
        return rows.filter(matching(text))

    return django_filters.CharFilter(label="Search", method=search, widget=search_box(placeholder))


def choice_filter(label: str, choices: Mapping[str, tuple[str, Callable[[], Q]]]) -> django_filters.ChoiceFilter:
    """Filter by one of several conditions: value in the address -> its words, and the condition."""

    def choose(rows: "QuerySet[Any]", _name: str, value: str) -> "QuerySet[Any]":
        return rows.filter(choices[value][1]())

    offered = [(key, words) for key, (words, _) in choices.items()]
    return django_filters.ChoiceFilter(label=label, choices=offered, method=choose, empty_label="any")


def users_like(text: str, through: str = "") -> Q:
    """Match users whose email, user name or name contains all words. `through`: path to the user, "user__"."""
    found = Q()
    for word in text.split()[:WORDS]:
        found &= Q(**{f"{through}search_key__contains": casefolded(word)})
    return found
