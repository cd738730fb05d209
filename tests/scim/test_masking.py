"""What of a body the log may show."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim.masking import MASK, masked

URN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["path", "value", "name"]), inner),
)


@pytest.mark.parametrize("path", ["password", "PASSWORD", 'roles[primary eq "True"].value', "urn:x:1.0:User:pin", 7])
def test_the_value_of_an_operation_on_an_unknown_path_is_masked(path: Any) -> None:
    for name in ("path", "Path", "PATH"):
        shown = masked({"Operations": [{"op": "replace", name: path, "value": "s3cret"}]})
        assert shown["Operations"][0]["value"] == MASK


@pytest.mark.parametrize(
    "path", ["active", "name.givenName", 'emails[type eq "work"].value', f"{URN}:department", "USERNAME"]
)
def test_the_value_of_an_operation_on_a_kept_attribute_is_shown(path: str) -> None:
    shown = masked({"Operations": [{"op": "replace", "path": path, "value": "shown"}]})
    assert shown["Operations"][0]["value"] == "shown"


def test_an_operation_without_a_path_masks_by_name() -> None:
    shown = masked({"Operations": [{"op": "add", "value": {"active": True, "password": "x", f"{URN}:division": "D"}}]})
    assert shown["Operations"][0]["value"] == {"active": True, "password": MASK, f"{URN}:division": "D"}


def test_an_extension_is_shown_and_an_unknown_one_is_not() -> None:
    assert masked({URN: {"department": "R&D"}, "urn:x:User": {"department": "R&D"}}) == {
        URN: {"department": "R&D"},
        "urn:x:User": MASK,
    }


@pytest.mark.parametrize(("body", "shown"), [(None, None), ("text", MASK), (7, MASK), ([], []), ({}, {})])
def test_a_body_that_is_no_object(body: Any, shown: Any) -> None:
    assert masked(body) == shown


@given(JSON)
def test_whatever_was_sent_can_be_stored_and_is_short(body: Any) -> None:
    text = json.dumps(masked(body), allow_nan=False, ensure_ascii=False)
    assert "\x00" not in text.encode().decode()
    assert len(masked({"title": "x" * 5_000})["title"]) < 300
