"""One entry for each type and value, whatever Entra adds and replaces, and the primary address follows the work one."""

from typing import Any

import pytest

from accounts.models import User
from tests.scim.client import ScimClient
from tests.scim.people import patched_by, person, recorded

X, Y = "x@acme.example", "y@acme.example"
WORK = 'emails[type eq "work"]'


def op(verb: str, path: str, value: Any) -> dict[str, Any]:
    return {"op": verb, "path": path, "value": value}


ADDED: list[list[dict[str, Any]]] = [
    [op("Add", "emails", X), op("Replace", f"{WORK}.value", X)],
    [op("Replace", "emails", X), op("Add", f"{WORK}.value", X)],
    [op("Add", "emails.value", X), op("Replace", f"{WORK}.value", X)],
    [op("Add", WORK, {"value": X}), op("Add", WORK, [{"value": X, "type": "work"}])],
    [op("Add", "emails", [{"value": X}]), op("Add", f"{WORK}.value", X.upper()), op("Replace", f"{WORK}.value", X)],
    [
        op("Add", "emails", [{"value": X, "type": "work"}, {"value": Y, "type": "work"}]),
        op("Replace", f"{WORK}.value", X),
    ],
    [{"op": "add", "value": {"emails": X}}, op("Replace", f"{WORK}.value", X)],
]


@pytest.mark.parametrize("operations", ADDED, ids=str)
def test_one_entry_is_left(operations: list[dict[str, Any]]) -> None:
    nobody = person(email="", user_name="plain")
    assert patched_by(nobody, *operations)["emails"] == [{"value": X, "type": "work", "primary": True}]


@pytest.mark.parametrize("operations", ADDED, ids=str)
def test_the_primary_address_follows_a_later_change_of_the_work_one(operations: list[dict[str, Any]]) -> None:
    nobody = person(email="", user_name="plain")
    after = patched_by(nobody, *operations, op("Replace", f"{WORK}.value", Y))
    assert after["emails"] == [{"value": Y, "type": "work", "primary": True}]


def test_a_create_that_names_one_twice_keeps_it_once() -> None:
    twice = [{"value": X, "type": "work"}, {"value": X.upper(), "type": "Work", "primary": True}]
    shown = recorded({"userName": "plain", "emails": twice}).scim_attributes["emails"]
    assert shown == [{"value": X.upper(), "type": "Work", "primary": True}]


def test_an_untyped_address_that_was_sent_stays_beside_another_for_work() -> None:
    ann = person(scim_attributes={"emails": [{"value": "ann@acme.example", "primary": True}]})
    after = patched_by(ann, op("Replace", f"{WORK}.value", Y))["emails"]
    assert [entry["value"] for entry in after if entry.get("primary")] == ["ann@acme.example"]


def test_one_address_of_two_types_is_two_entries() -> None:
    both = [{"value": X, "type": "work", "primary": True}, {"value": X, "type": "home"}]
    assert patched_by(person(), op("Replace", "emails", both))["emails"] == both


def test_two_phone_numbers_of_one_type_stay() -> None:
    numbers = [{"value": "1", "type": "work"}, {"value": "2", "type": "work"}]
    assert patched_by(person(), op("Add", "phoneNumbers", [*numbers, numbers[0]]))["phoneNumbers"] == numbers


@pytest.mark.django_db
def test_the_address_that_logins_are_found_by_follows_too(okta: ScimClient) -> None:
    user_id = okta.create("plain").body["id"]
    for value in (X, Y):
        okta.patch(user_id, op("Add", "emails", value), op("Replace", f"{WORK}.value", value))
    user = User.objects.get(pk=user_id)
    assert (user.email, user.work_email_key) == (Y, Y)
