"""What a person looks like as a SCIM resource (`protocol.md` 1.5), and what a POST says of one."""

from typing import Any

import pytest

from scim.errors import ScimError
from scim.users import resources
from tests.scim.people import BASE, ENTERPRISE, payload, person, recorded

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
WORK = {"value": "ann@acme.example", "type": "work", "primary": True}


def shown(**columns: Any) -> dict[str, Any]:
    return resources.to_resource(person(**columns), BASE)


def created(**members: Any) -> dict[str, Any]:
    """The resource of the user whom a POST creates."""
    return resources.to_resource(recorded({"userName": "ann@acme.example", **members}), BASE)


def test_a_person_without_extras_is_shown_without_empty_attributes() -> None:
    assert shown() == {
        "schemas": [CORE],
        "id": "0c6a7e0e-5d0c-4a43-9a53-0c6f0e6a1f11",
        "externalId": "00u1abcd",
        "userName": "ann@acme.example",
        "name": {"formatted": "Ann Lee", "familyName": "Lee", "givenName": "Ann"},
        "active": True,
        "emails": [WORK],
        "meta": {
            "resourceType": "User",
            "created": "2026-03-01T10:00:00Z",
            "lastModified": "2026-03-01T10:00:00Z",
            "location": f"{BASE}/Users/0c6a7e0e-5d0c-4a43-9a53-0c6f0e6a1f11",
            "version": 'W/"1"',
        },
    }


@pytest.mark.parametrize(("state", "active"), [("pending", True), ("active", True), ("deprovisioned", False)])
def test_only_who_is_out_is_inactive(state: str, active: bool) -> None:
    assert shown(state=state)["active"] is active


def test_who_came_by_a_login_is_known_by_the_email() -> None:
    assert shown(user_name="", origin="sso")["userName"] == "ann@acme.example"


def test_an_admin_known_by_address_alone_has_a_name_for_oktas_test() -> None:
    admin = shown(first_name="", last_name="", user_name="", origin="password")
    assert admin["name"] == {"givenName": "ann", "familyName": "ann"}


def test_who_was_announced_without_a_name_has_none() -> None:
    assert "name" not in created(name=None)


def test_an_address_that_a_login_changed_since_is_the_primary_one() -> None:
    emails = shown(email="new@acme.example", scim_attributes={"emails": [WORK, {"value": "a@x.example"}]})["emails"]
    assert emails == [{**WORK, "value": "new@acme.example"}, {"value": "a@x.example"}]


def test_oktas_person_is_shown_as_sent() -> None:
    sent = payload("okta", "create")
    found = resources.to_resource(recorded(sent), BASE)
    for name in ("userName", "externalId", "displayName", "emails", "locale", "active"):
        assert found[name] == sent[name]


def test_entras_person_is_shown_as_sent() -> None:
    sent = payload("entra", "create")
    found = resources.to_resource(recorded(sent), BASE)
    for name in ("userName", "externalId", "displayName", "emails", "name", ENTERPRISE):
        assert found[name] == sent[name]
    assert found["schemas"] == sent["schemas"]


@pytest.mark.parametrize("name", ["create-null-name", "create-active-as-text", "create-misspelt-schema"])
def test_the_odd_shapes_of_entra_are_taken(name: str) -> None:
    assert resources.to_resource(recorded(payload("entra", name)), BASE)["active"] is True


def test_attributes_that_torque_does_not_keep_are_left_alone() -> None:
    found = resources.to_resource(recorded(payload("okta", "create-custom-attributes")), BASE)
    assert "space_name" not in found
    assert "password" not in found
    assert (found["timezone"], found["phoneNumbers"][0]["type"]) == ("Europe/Paris", "mobile")


def test_attribute_names_are_read_in_any_letter_case() -> None:
    found = recorded(
        {"USERNAME": "ann@acme.example", "Name": {"GIVENNAME": "Ann"}, ENTERPRISE.upper(): {"Division": "N"}}
    )
    assert (found.first_name, found.scim_attributes) == ("Ann", {f"{ENTERPRISE}:division": "N"})


def test_the_spelling_of_values_is_kept() -> None:
    found = created(userName="Ann@Acme.Example", emails=[{"value": "Ann@Acme.Example", "type": "Work"}])
    assert found["userName"] == "Ann@Acme.Example"
    assert found["emails"] == [{"value": "Ann@Acme.Example", "type": "Work", "primary": True}]


@pytest.mark.parametrize(
    ("emails", "primary"),
    [
        ([{"value": "a@x"}, {"value": "b@x", "primary": True}], "b@x"),
        ([{"value": "a@x", "type": "home"}, {"value": "b@x", "type": "work"}], "b@x"),
        ([{"value": "a@x"}, {"value": "b@x"}], "a@x"),
        ([{"value": "a@x", "primary": "True"}, {"value": "b@x", "primary": True}], "a@x"),
        ([{"value": ""}, None, {"type": "work"}, {"value": "b@x"}], "b@x"),
    ],
)
def test_exactly_one_address_is_primary(emails: list[Any], primary: str) -> None:
    found = recorded({"userName": "ann", "emails": emails})
    shown_emails = resources.to_resource(found, BASE)["emails"]
    assert [entry["value"] for entry in shown_emails if entry.get("primary")] == [primary]
    assert found.email == primary


def test_the_address_of_type_work_is_distinguished() -> None:
    emails = [{"value": "h@x", "type": "home", "primary": True}, {"value": "w@x", "type": "WORK"}]
    record = resources.to_record({"userName": "ann", "emails": emails})
    assert (record.emails, record.work_email) == (("h@x", "w@x"), "w@x")


@pytest.mark.parametrize("user_name", [None, "", "  ", ...])
def test_a_person_without_a_user_name_is_refused(user_name: Any) -> None:
    with pytest.raises(ScimError) as refused:
        resources.to_record({} if user_name is ... else {"userName": user_name})
    assert (refused.value.status, refused.value.scim_type) == (400, "invalidValue")


@pytest.mark.parametrize(
    "member",
    [
        {"userName": 5},
        {"name": "Ann"},
        {"name": ["Ann"]},
        {"name": {"givenName": {}}},
        {"active": "maybe"},
        {"active": 1},
        {"emails": 5},
        {"emails": [5]},
        {"emails": [[{}]]},
        {"title": ["x"]},
        {"title": "x" * 1_001},
        {"displayName": "x" * 321},
        {"externalId": "x" * 256},
        {"name": {"givenName": "x" * 151}},
        {"title": "a\x00b"},
        {"title": "\ud800"},
        {ENTERPRISE: []},
        {ENTERPRISE: {"department": 5}},
    ],
)
def test_a_value_of_the_wrong_form_is_refused(member: dict[str, Any]) -> None:
    with pytest.raises(ScimError) as refused:
        resources.to_record({"userName": "ann@acme.example", **member})
    assert refused.value.scim_type == "invalidValue"
    assert refused.value.detail.encode()


@pytest.mark.parametrize("document", [None, [], "x", 5, True])
def test_what_is_no_object_is_no_person(document: Any) -> None:
    with pytest.raises(ScimError) as refused:
        resources.to_record(document)
    assert refused.value.scim_type == "invalidSyntax"


def test_an_attribute_sent_twice_in_different_letter_case_is_refused() -> None:
    with pytest.raises(ScimError) as refused:
        resources.to_record({"userName": "ann", "USERNAME": "bob"})
    assert refused.value.scim_type == "invalidSyntax"
