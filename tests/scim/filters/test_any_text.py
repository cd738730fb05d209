"""Any filter at all: SQL and plain Python agree on it, and no text brings anything but a condition or a refusal."""

from contextlib import suppress
from typing import Any

import pytest
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scim2_models import ScimFilter

from accounts.models import User
from scim.attributes import ATTRIBUTES, Attribute, parts_of
from scim.errors import ScimError
from scim.filters.filters import compile_filter
from tests.scim.population import populate, shown
from tests.scim.reference import found
from tests.support.cast import Cast

_TEXTS = (
    "Ann@acme.example",
    "bo",
    "ENGINEER",
    "été",
    "É",
    "e\u0301",
    "00u1abc",
    "00U",
    "%",
    "_",
    "\\",
    '"',
    "work",
    "",
)
_ORDERED = ("eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le")
_TIMES = ("2020-01-01T00:00:00Z", "2999-01-01T00:00:00+02:00")
_SEARCHED = [row for row in ATTRIBUTES if row.filterable]
_LISTS = [row for row in _SEARCHED if row.multi_valued]

texts = st.sampled_from(_TEXTS) | st.text("aAnNéÉ@.%_", max_size=3)


def _quoted(text: str) -> str:
    return ScimFilter.quote(text)


def _conditions(row: Attribute, name: str) -> st.SearchStrategy[str]:
    """Comparisons that an attribute allows."""
    present = st.just(f"{name} pr")
    if row.type == "boolean":
        return st.builds(
            "{} {} {}".format, st.just(name), st.sampled_from(["eq", "ne"]), st.sampled_from(["true", "false"])
        )
    if row.type == "dateTime":
        operators = st.sampled_from([operator for operator in _ORDERED if operator not in ("co", "sw", "ew")])
        return present | st.builds("{} {} {}".format, st.just(name), operators, st.sampled_from(_TIMES).map(_quoted))
    if row.type == "complex" and not any(part.key == "value" for part in parts_of(row)):
        return present
    operators = st.sampled_from(["eq", "ne"] if row.name == "id" else _ORDERED)
    return present | st.builds("{} {} {}".format, st.just(name), operators, texts.map(_quoted))


def _joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return (
        st.builds("({} and {})".format, inner, inner)
        | st.builds("({} or {})".format, inner, inner)
        | st.builds("not ({})".format, inner)
    )


def _entries(row: Attribute) -> st.SearchStrategy[str]:
    parts = st.sampled_from(parts_of(row)).flatmap(lambda part: _conditions(part, part.key))
    return st.recursive(parts, _joined, max_leaves=4).map(lambda inside: f"{row.name}[{inside}]")


_leaves = st.sampled_from(_SEARCHED).flatmap(lambda row: _conditions(row, row.path))
filters = st.recursive(_leaves | st.sampled_from(_LISTS).flatmap(_entries), _joined, max_leaves=6)


@pytest.fixture
def resources(cast: Cast) -> dict[str, dict[str, Any]]:
    populate(cast.acme)
    return shown(cast.acme)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filter_text=filters)
def test_sql_finds_what_the_filter_means(cast: Cast, resources: dict[str, dict[str, Any]], filter_text: str) -> None:
    people = User.objects.in_account(cast.acme).filter(compile_filter(filter_text))
    assert {user.user_name or user.email for user in people} == found(resources, filter_text)


class Refused(Exception):
    """As the contract allows: 400 `invalidFilter`."""


def _compiled(text: str) -> Q:
    try:
        return compile_filter(text)
    except ScimError as refusal:
        if (refusal.status, refusal.scim_type) == (400, "invalidFilter"):
            raise Refused from None
        raise


_PIECES = [
    *"()[]. ",
    " and ",
    " or ",
    "not ",
    "userName",
    "emails",
    "active",
    " eq ",
    " pr",
    " co ",
    '"a"',
    '"',
    "true",
    "1",
]


@settings(max_examples=500, deadline=None)
@given(text=st.text(max_size=60) | st.lists(st.sampled_from(_PIECES), max_size=25).map("".join))
def test_any_text_is_a_condition_or_a_refusal(text: str) -> None:
    with suppress(Refused):
        assert User.objects.filter(_compiled(text)).query.where
