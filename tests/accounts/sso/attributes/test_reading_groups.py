"""Values of a groups claim: which are a list that was read whole."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.sso.attributes.reading import read_groups, settled_groups
from common.folding import identifier_key

A, B = "0c6a7e0e-5d0c-4a43-9a53-0c6f0e6a1f11", "0C6A7E0E-5D0C-4A43-9A53-0C6F0E6A1F22"
DN = "CN=Ops,OU=Groups,DC=acme,DC=example"


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        (["Ops", "Dev"], ("Ops", "Dev")),
        (("Ops",), ("Ops",)),
        ([], ()),
        (["Ops", "", " "], ("Ops",)),
        ([12, "Ops"], ("12", "Ops")),
        (12, ("12",)),
        ("Ops", ("Ops",)),
        (" Platform Team ", ("Platform Team",)),
        ('["Ops", "Dev"]', ("Ops", "Dev")),
        (['["Ops","Dev"]'], ("Ops", "Dev")),
        ('["Sales, EMEA"]', ("Sales, EMEA",)),
        ("[]", ()),
        ("Ops,Dev", ("Ops", "Dev")),
        ("Platform Team,Data Team", ("Platform Team", "Data Team")),
        (f"{A}, {B}", (A, B)),
        (f"{A} {B}", (A, B)),
        (f"{A};{B}", (A, B)),
        (f"{{{A}}}", (f"{{{A}}}",)),
        (DN, (DN,)),
        (r"CN=Sales\, EMEA,OU=Groups,DC=acme", (r"CN=Sales\, EMEA,OU=Groups,DC=acme",)),
        (["Sales, EMEA"], ("Sales, EMEA",)),
        (["Ops,Dev", "QA"], ("Ops,Dev", "QA")),
        (["[Team] Ops", "{x"], ("[Team] Ops", "{x")),
        ("/Platform Team", ("/Platform Team",)),
        ("[Team] Ops", ("[Team] Ops",)),
    ],
)
def test_a_list_is_read_whole(value: Any, ids: tuple[str, ...]) -> None:
    assert (read_groups(value).ids, read_groups(value).unread) == (ids, "")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([{"id": "a", "displayName": "Ops"}], "a list of objects with “id”, “displayName”"),
        ({"Ops": True}, "an object with “Ops”"),
        ({}, "an object"),
        ([None], "a list that holds null"),
        (["Ops", None], "a list that holds null beside texts"),
        (["Ops", {"id": 1}], "a list that holds an object with “id” beside texts"),
        (["Ops", ["Dev"]], "a list that holds another list beside texts"),
        ([["Ops", "Dev"]], "a list of lists"),
        (["Ops", True], "a list that holds true beside texts"),
        ([1.5], "a list that holds a number with a fraction"),
        (True, "true"),
        (False, "false"),
        (None, "null"),
        (1.0, "a number with a fraction"),
        ("", "an empty text"),
        ("null", "null"),
        ('{"Ops": true}', "an object with “Ops”"),
        ('[{"id": "a"}]', "a list of objects with “id”"),
        ("[null]", "a list that holds null"),
        (['["Ops"]', '["Dev"]'], "a list of texts that hold JSON"),
        (['{"id": 1}', '{"id": 2}'], "a list of texts that hold JSON"),
        ("[Ops, Dev]", "the text '[Ops, Dev]'"),
        ("Sales, EMEA", "one text that may be one name or several, 'Sales, EMEA'"),
        ("Ops;Dev", "one text that may be one name or several, 'Ops;Dev'"),
        ("Ops|Dev", "one text that may be one name or several, 'Ops|Dev'"),
        ("Ops\nDev", "one text that may be one name or several, 'Ops Dev'"),
        ("Ops,,Dev", "one text that may be one name or several, 'Ops,,Dev'"),
        ("'Ops','Dev'", "one text that may be one name or several, ''Ops','Dev''"),
        (f"{DN},{DN}", f"one text that may be one name or several, '{f'{DN},{DN}'[:60]}…'"),
    ],
)
def test_anything_else_is_named_in_words(value: Any, words: str) -> None:
    assert (read_groups(value).ids, read_groups(value).unread) == (None, words)


def test_members_are_named_without_their_values() -> None:
    assert "hunter2" not in read_groups([{"password": "hunter2", "x" * 100: "hunter2"}]).unread


@pytest.mark.parametrize(
    ("value", "mapped", "ids"),
    [
        ("Sales, EMEA", {"Sales, EMEA"}, ("Sales, EMEA",)),
        ("Sales,EMEA", {"Sales,EMEA"}, ("Sales,EMEA",)),
        ("Sales,EMEA", {"Sales"}, ("Sales", "EMEA")),
        ("Ops, Dev", {"Ops", "Dev"}, ("Ops", "Dev")),
        ("Ops; Dev", {"Ops", "Dev"}, ("Ops", "Dev")),
        ("Sales, EMEA", {"Sales"}, None),
        ("null", {"null"}, ("null",)),
        (["Sales, EMEA"], {"Sales", "EMEA"}, ("Sales, EMEA",)),
    ],
)
def test_what_is_mapped_says_how_one_text_is_meant(value: Any, mapped: set[str], ids: Any) -> None:
    assert settled_groups(read_groups(value), {identifier_key(key) for key in mapped}).ids == ids


def test_a_text_of_many_parts_asks_for_few_groups() -> None:
    assert len(read_groups(", ".join(map(str, range(9999)))).in_question) == 1
    assert read_groups(",".join(map(str, range(9999)))).in_question == {",".join(map(str, range(9999)))}


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


@given(JSON)
def test_whatever_comes_is_a_list_of_texts_or_named(value: Any) -> None:
    found = read_groups(value)
    assert (found.ids is None) == bool(found.unread)
    assert all(isinstance(one, str) and one.strip() for one in found.ids or ())
    assert len(found.unread) < 500


@given(st.lists(st.text(st.characters(categories=("L", "N")), min_size=1)))
def test_a_list_of_names_is_read_as_it_came(value: list[str]) -> None:
    assert len(read_groups(value).ids or ()) == len(value)
