"""`attributes` and `excludedAttributes` (RFC 7644 section 3.9)."""

from typing import Any

import pytest

from scim.users.projection import projected
from tests.scim.people import ENTERPRISE

ANN: dict[str, Any] = {
    "schemas": ["s"],
    "id": "1",
    "userName": "ann",
    "active": False,
    "name": {"givenName": "Ann", "familyName": "Lee"},
    "emails": [{"value": "a@x", "type": "work"}, {"value": "b@x"}],
    ENTERPRISE: {"department": "R&D", "manager": {"value": "7"}},
}
ALWAYS = {"schemas": ["s"], "id": "1"}


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["userName"], {"userName": "ann"}),
        (["USERNAME", "active"], {"userName": "ann", "active": False}),
        (["name.givenName"], {"name": {"givenName": "Ann"}}),
        (["name.givenName", "name"], {"name": ANN["name"]}),
        (["emails.type"], {"emails": [{"type": "work"}]}),
        (["urn:ietf:params:scim:schemas:core:2.0:User:userName"], {"userName": "ann"}),
        ([ENTERPRISE], {ENTERPRISE: ANN[ENTERPRISE]}),
        ([f"{ENTERPRISE}:department"], {ENTERPRISE: {"department": "R&D"}}),
        ([f"{ENTERPRISE}:manager.value"], {ENTERPRISE: {"manager": {"value": "7"}}}),
        (["nickName", "userName.x", ""], {}),
    ],
)
def test_only_what_is_asked_for_is_shown(names: list[str], shown: dict[str, Any]) -> None:
    assert projected(ANN, names, []) == {**ALWAYS, **shown}


@pytest.mark.parametrize(
    ("names", "changed"),
    [
        (["name", "emails", ENTERPRISE, "active"], {"name": None, "emails": None, ENTERPRISE: None, "active": None}),
        (["NAME.givenName"], {"name": {"familyName": "Lee"}}),
        (["emails.value", "emails.type"], {"emails": None}),
        ([f"{ENTERPRISE}:department"], {ENTERPRISE: {"manager": {"value": "7"}}}),
        (["id", "schemas", "nickName", "userName.x"], {}),
    ],
)
def test_what_is_excluded_is_not_shown(names: list[str], changed: dict[str, Any]) -> None:
    expected = {name: value for name, value in {**ANN, **changed}.items() if value is not None}
    assert projected(ANN, [], names) == expected


def test_attributes_win_where_both_are_given() -> None:
    assert projected(ANN, ["userName"], ["userName"]) == {**ALWAYS, "userName": "ann"}


def test_without_names_everything_is_shown() -> None:
    assert projected(ANN, [], []) == ANN
