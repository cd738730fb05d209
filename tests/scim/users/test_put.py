"""PUT (`protocol.md` 1.6): the whole person anew; and what follows by itself goes on following."""

from typing import Any

import pytest

from accounts.models import User
from scim.users import resources
from tests.scim.people import BASE, ENTERPRISE, patched_by, payload, person, recorded, revised

WORK = {"value": "ann@acme.example", "type": "work", "primary": True}


@pytest.fixture
def ann() -> User:
    return person(
        display_name="Ann Lee",
        scim_attributes={"title": "Dr", "emails": [WORK], "name.middleName": "Q", f"{ENTERPRISE}:division": "North"},
    )


def put(user: User, document: Any) -> dict[str, Any]:
    return resources.to_resource(revised(user, resources.to_record(document, user)), BASE)


def test_what_is_left_out_is_cleared(ann: User) -> None:
    after = put(ann, {"userName": "ann@acme.example"})
    assert set(after) == {"schemas", "id", "externalId", "userName", "active", "emails", "meta"}


def test_active_and_external_id_stay_when_left_out_or_null(ann: User) -> None:
    for absent in ({}, {"active": None, "externalId": None}):
        record = resources.to_record({"userName": "ann@acme.example", **absent}, ann)
        assert (record.active, record.external_id) == (None, None)


def test_an_empty_external_id_clears_it(ann: User) -> None:
    assert "externalId" not in put(ann, {"userName": "ann@acme.example", "externalId": ""})


def test_what_torque_sets_is_ignored(ann: User) -> None:
    before = resources.to_resource(ann, BASE)
    odd = {**before, "id": "x", "meta": 5, "groups": [{}], "schemas": None}
    assert put(ann, odd) == before


def test_oktas_profile_push_is_taken(ann: User) -> None:
    after = put(ann, payload("okta", "profile-push"))
    assert after["name"] == {"givenName": "Ann", "familyName": "Lee", "middleName": "Q", "formatted": "Ann Lee"}
    assert after["externalId"] == "00u1abcd"


@pytest.mark.parametrize(("name", "active"), [("deactivate-put", False), ("reactivate-put", True)])
def test_oktas_wizard_apps_set_active_by_put(ann: User, name: str, active: bool) -> None:
    assert put(ann, payload("okta", name))["active"] is active


def test_the_formatted_name_follows_the_names_until_it_is_sent(ann: User) -> None:
    read = resources.to_resource(ann, BASE)
    after = put(ann, {**read, "name": {**read["name"], "givenName": "Ana"}})
    assert after["name"]["formatted"] == "Ana Lee"


def test_a_formatted_name_that_was_sent_stays_as_sent() -> None:
    bo = recorded({**payload("entra", "create"), "name": {"formatted": "Dr. Bo Ek", "givenName": "Bo"}})
    after = patched_by(bo, {"op": "Replace", "path": "name.givenName", "value": "Bob"})
    assert after["name"] == {"formatted": "Dr. Bo Ek", "givenName": "Bob"}


def test_an_address_that_was_never_sent_follows_the_user_name() -> None:
    after = patched_by(person(), {"op": "Replace", "path": "userName", "value": "ana@acme.example"})
    assert after["emails"] == [{**WORK, "value": "ana@acme.example"}]


def test_an_address_that_was_sent_does_not_follow_the_user_name(ann: User) -> None:
    after = patched_by(ann, {"op": "Replace", "path": "userName", "value": "ana@acme.example"})
    assert (after["userName"], after["emails"]) == ("ana@acme.example", [WORK])


def test_deactivating_who_came_by_a_login_changes_nothing_else() -> None:
    bob = person(user_name="", origin="sso", external_id="")
    record = resources.to_record({**resources.to_resource(bob, BASE), "active": False}, bob)
    assert (record.user_name, record.emails, record.attributes) == ("", ("ann@acme.example",), {})


def test_deactivating_an_admin_known_by_address_alone_invents_no_name() -> None:
    admin = person(first_name="", last_name="", user_name="", origin="password")
    record = resources.to_record({**resources.to_resource(admin, BASE), "active": False}, admin)
    assert (record.first_name, record.last_name) == ("", "")


def test_who_came_by_a_login_keeps_the_address_under_a_bare_user_name() -> None:
    bob = person(user_name="", origin="sso")
    assert resources.to_record({"userName": "bob"}, bob).emails == ("ann@acme.example",)


def test_e6_the_new_name_of_a_deleted_person_is_kept_for_another_person() -> None:
    other = "aa00aa00bb11cc22dd33ee44ff556677zoe@acme.example"
    assert put(person(), {"userName": other})["userName"] == other
