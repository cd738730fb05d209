"""PATCH on e-mails and phone numbers beyond what the vendors' files show."""

from typing import Any

import pytest

from accounts.models import User
from scim.errors import ScimError
from tests.scim.people import patched_by, person

WORK = {"value": "ann@acme.example", "type": "work", "primary": True}
HOME = {"value": "ann@home.example", "type": "home"}


@pytest.fixture
def ann() -> User:
    return person(scim_attributes={"emails": [WORK, HOME]})


def emails_after(user: User, *operations: dict[str, Any]) -> list[dict[str, Any]]:
    emails: list[dict[str, Any]] = patched_by(user, *operations)["emails"]
    return emails


def test_an_added_entry_stands_beside_the_others(ann: User) -> None:
    other = {"value": "a@x.example", "type": "other"}
    assert emails_after(ann, {"op": "add", "path": "emails", "value": [other]}) == [WORK, HOME, other]


def test_an_entry_may_be_added_without_a_list_around_it(ann: User) -> None:
    other = {"value": "a@x.example", "type": "other"}
    assert emails_after(ann, {"op": "add", "value": {"emails": other}}) == [WORK, HOME, other]


def test_an_entry_that_is_there_already_is_not_added_once_more(ann: User) -> None:
    assert emails_after(ann, {"op": "add", "path": "emails", "value": [HOME]}) == [WORK, HOME]


def test_an_added_primary_entry_takes_it_from_the_others(ann: User) -> None:
    other = {"value": "a@x.example", "type": "other", "primary": True}
    after = emails_after(ann, {"op": "add", "path": "emails", "value": [other]})
    assert [entry["value"] for entry in after if entry.get("primary")] == ["a@x.example"]


def test_removing_the_list_leaves_the_user_name_as_the_address(ann: User) -> None:
    assert emails_after(ann, {"op": "remove", "path": "emails"}) == [WORK]


def test_entra_names_in_a_value_which_entries_are_removed(ann: User) -> None:
    gone = [{"value": "ANN@home.example"}]
    assert emails_after(ann, {"op": "Remove", "path": "emails", "value": gone}) == [WORK]


def test_an_entry_is_removed_by_its_type(ann: User) -> None:
    assert emails_after(ann, {"op": "remove", "path": 'emails[type eq "home"]'}) == [WORK]


def test_removing_what_no_entry_is_changes_nothing(ann: User) -> None:
    assert emails_after(ann, {"op": "remove", "path": 'emails[type eq "boat"]'}) == [WORK, HOME]


def test_one_part_of_an_entry_is_removed(ann: User) -> None:
    after = emails_after(ann, {"op": "remove", "path": 'emails[type eq "home"].type'})
    assert after == [WORK, {"value": "ann@home.example"}]


def test_an_entry_is_replaced_part_by_part(ann: User) -> None:
    change = {"op": "replace", "path": 'emails[type eq "home"]', "value": {"display": "Home"}}
    assert emails_after(ann, change) == [WORK, {**HOME, "display": "Home"}]


def test_clearing_the_value_of_an_entry_takes_the_entry_away(ann: User) -> None:
    assert emails_after(ann, {"op": "replace", "path": 'emails[type eq "home"].value', "value": ""}) == [WORK]


def test_the_primary_entry_is_found_by_a_boolean_or_by_a_word(ann: User) -> None:
    for condition in ("primary eq true", 'primary eq "True"'):
        change = {"op": "replace", "path": f"emails[{condition}].value", "value": "new@acme.example"}
        assert emails_after(ann, change)[0]["value"] == "new@acme.example"


def test_a_new_entry_has_what_the_filter_says_of_it(ann: User) -> None:
    path = 'emails[type eq "other" and display eq "Boat"].value'
    after = emails_after(ann, {"op": "add", "path": path, "value": "ann@boat.example"})
    assert after[2] == {"value": "ann@boat.example", "type": "other", "display": "Boat"}


@pytest.mark.parametrize(
    "condition",
    ['type ne "work" and type ne "home"', 'value sw "zz"', 'type eq "work" and type eq "home"', "type eq 5"],
)
def test_a_filter_that_describes_no_entry_makes_none(ann: User, condition: str) -> None:
    with pytest.raises(ScimError) as refused:
        emails_after(ann, {"op": "replace", "path": f"emails[{condition}].value", "value": "a@x.example"})
    assert refused.value.scim_type in ("noTarget", "invalidValue")


@pytest.mark.parametrize(
    ("condition", "hits"),
    [
        ('value co "home"', 1),
        ('value ew ".EXAMPLE"', 2),
        ('not (type eq "work")', 1),
        ('type eq "work" or type eq "home"', 2),
        ("display pr", 0),
        ("type pr", 2),
        ("display eq null", 2),
        ("primary eq false", 1),
        ('value ge "ann@b"', 1),
        ('type ne "work" and value sw "ann"', 1),
    ],
)
def test_every_filter_of_the_grammar_chooses_entries(ann: User, condition: str, hits: int) -> None:
    after = emails_after(ann, {"op": "remove", "path": f"emails[{condition}].type"})
    assert sum("type" not in entry for entry in after) == hits


def test_a_phone_number_of_any_type_may_come_into_being(ann: User) -> None:
    after = patched_by(ann, {"op": "Add", "path": 'phoneNumbers[type eq "desk"].value', "value": "7"})
    assert after["phoneNumbers"] == [{"value": "7", "type": "desk"}]


def test_a_list_does_not_grow_without_end(ann: User) -> None:
    many = [{"value": f"{number}@x.example"} for number in range(30)]
    more = [{"value": f"{number}@y.example"} for number in range(30)]
    with pytest.raises(ScimError) as refused:
        patched_by(ann, {"op": "add", "path": "emails", "value": many}, {"op": "add", "path": "emails", "value": more})
    assert refused.value.scim_type == "invalidValue"
