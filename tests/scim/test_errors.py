"""SCIM errors (RFC 7644 section 3.12)."""

import json

import pytest

from scim import errors


def test_the_status_is_text() -> None:
    assert errors.uniqueness("userName 'ann' is in use.").body() == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": "409",
        "scimType": "uniqueness",
        "detail": "userName 'ann' is in use.",
    }


def test_a_case_without_a_word_of_its_own_has_no_scim_type() -> None:
    assert "scimType" not in errors.not_found("Nobody.").body()


@pytest.mark.parametrize("text", ["\x00", "\ud800", "a\nb", "\u202e"])
def test_a_quoted_value_can_be_written_in_any_answer(text: str) -> None:
    assert errors.quoted(text).encode()
    assert errors.quoted(text).isprintable()


def test_a_quoted_value_is_short() -> None:
    assert len(errors.quoted("x" * 10_000)) < 100


@pytest.mark.parametrize(
    ("text", "name"),
    [("true", "a boolean"), ("1", "a number"), ('"x"', "a string"), ("{}", "an object"), ("[]", "an array")],
)
def test_a_type_is_called_what_json_calls_it(text: str, name: str) -> None:
    assert errors.type_name(json.loads(text)) == name
