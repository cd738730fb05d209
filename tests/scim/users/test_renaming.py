"""The name that Entra gives to whom it deletes (E6)."""

import pytest

from scim.users.resources import before_deletion

ID = "aa00aa00bb11cc22dd33ee44ff556677"


@pytest.mark.parametrize("renamed", [f"{ID}bo@acme.example", f"{ID.upper()}BO@acme.example"])
def test_a_known_name_is_recognised_behind_the_object_id(renamed: str) -> None:
    assert before_deletion(renamed, ["x", "bo@acme.example"]) == "bo@acme.example"


@pytest.mark.parametrize(
    "name",
    [
        "bo@acme.example",
        f"{ID}zoe@acme.example",  # somebody else
        f"{ID[:-1]}bo@acme.example",  # 31 digits
        f"{ID}0bo@acme.example",  # 33 digits
        f"{ID[:-1]}gbo@acme.example",  # not all hex
        ID,
        "",
    ],
)
def test_any_other_name_is_taken_as_it_is(name: str) -> None:
    assert before_deletion(name, ["bo@acme.example", ""]) == name
