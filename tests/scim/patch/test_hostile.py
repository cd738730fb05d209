"""PATCH and documents that nobody should send: a SCIM error comes of them, and nothing is changed by halves."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.provisioning.provisioning import UserRecord
from scim.attributes import ATTRIBUTES
from scim.errors import ScimError
from scim.patch import patch
from scim.users import resources
from tests.scim import hostile
from tests.scim.people import BASE, ENTERPRISE, person, recorded, revised

WORK = {"value": "ann@acme.example", "type": "work", "primary": True}
HOME = {"value": "ann@home.example", "type": "home", "primary": False}

anything: st.SearchStrategy[Any] = st.recursive(
    hostile.scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(hostile.NAMES), inner, max_size=4),
    max_leaves=8,
)
paths = st.sampled_from([*hostile.PATHS, *(row.path for row in ATTRIBUTES), ENTERPRISE, 'phoneNumbers[type eq "a"]'])
operations = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "Replace", "remove"]) | anything},
    optional={"path": paths | st.text(max_size=30) | anything, "value": anything},
)
bodies = st.fixed_dictionaries({"Operations": st.lists(operations, max_size=4) | anything}) | anything


def ann() -> Any:
    return person(scim_attributes={"emails": [WORK, HOME], "title": "Dr", f"{ENTERPRISE}:division": "North"})


@settings(max_examples=400, deadline=None)
@given(bodies)
def test_any_patch_is_done_or_refused_and_leaves_the_document_alone(body: Any) -> None:
    document = resources.to_resource(ann(), BASE)
    _assert_storable(lambda: resources.to_record(patch.apply(document, body, max_operations=10), ann()))
    assert document == resources.to_resource(ann(), BASE)


@settings(max_examples=400, deadline=None)
@given(anything)
def test_any_document_is_read_or_refused(document: Any) -> None:
    _assert_storable(lambda: resources.to_record(document))


@settings(max_examples=200, deadline=None)
@given(anything)
def test_what_was_read_of_a_document_is_shown_and_read_the_same(document: Any) -> None:
    """A resource put back as it was got is no change (O4)."""
    try:
        user = recorded({"userName": "ann@acme.example", **(document if isinstance(document, dict) else {})})
    except ScimError:
        return
    read = resources.to_resource(user, BASE)
    assert resources.to_resource(revised(user, resources.to_record(read, user)), BASE) == read


texts = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20)


@given(
    st.sampled_from(["title", "displayName", "name.givenName", "externalId", "locale", f"{ENTERPRISE}:division"]), texts
)
def test_a_patch_and_its_opposite_leave_the_person_as_they_were(path: str, text: str) -> None:
    before = resources.to_resource(person(display_name="Ann", scim_attributes=KEPT), BASE)
    there = patch.apply(before, {"Operations": [{"op": "replace", "path": path, "value": text}]}, max_operations=1)
    old = _at(before, path)
    back = patch.apply(there, {"Operations": [{"op": "replace", "path": path, "value": old}]}, max_operations=1)
    assert _at(there, path) == text
    assert back == before


KEPT = {"title": "Dr", "locale": "fr", f"{ENTERPRISE}:division": "North"}


@pytest.mark.parametrize("value", [["x"] * 51, "x" * 321, "ß" * 200, "a b@x", "a\x00b", "\ud800"])
def test_an_address_that_the_database_cannot_hold_is_refused(value: Any) -> None:
    with pytest.raises(ScimError) as refused:
        resources.to_record({"userName": "ann", "emails": [{"value": value}] if isinstance(value, str) else value})
    assert refused.value.scim_type == "invalidValue"


@pytest.mark.parametrize("letter", ["a", "é"])
def test_more_addresses_than_can_be_kept_are_refused(letter: str) -> None:
    each = 300 // len(letter.encode())
    emails = [{"value": f"{letter * each}{number}@acme.example"} for number in range(8)]
    with pytest.raises(ScimError) as refused:
        resources.to_record({"userName": "ann", "emails": emails})
    assert refused.value.scim_type == "invalidValue"


def _at(document: dict[str, Any], path: str) -> Any:
    schema, _, name = path.rpartition(":")
    around, _, part = name.rpartition(".")
    found = document[schema] if schema else document
    return found[around][part] if around else found[part]


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for member in members for text in _texts(member)]


def _assert_storable(read: Callable[[], UserRecord]) -> None:
    """What is read fits the database; a refusal can be written as an answer."""
    try:
        texts = _texts(asdict(read()))
    except ScimError as refusal:
        texts = [refusal.detail]
    for text in texts:
        assert "\x00" not in text
        text.encode()  # raises for half a surrogate pair
        assert len(text) <= 1_000
