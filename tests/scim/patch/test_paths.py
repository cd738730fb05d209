"""What PATCH paths name, and which operations are refused or left alone."""

from typing import Any

import pytest

from scim.errors import ScimError
from scim.patch.paths import target
from scim.users import resources
from tests.scim.people import BASE, ENTERPRISE, patched, patched_by, person

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"


@pytest.mark.parametrize(
    ("path", "attribute", "part"),
    [
        ("username", "userName", None),
        ("NAME.givenname", "name", "givenName"),
        (f"{CORE}:name.familyName", "name", "familyName"),
        (f"{ENTERPRISE.upper()}:DEPARTMENT", "department", None),
        (f"{ENTERPRISE}:manager.value", "manager", "value"),
        ("manager", "manager", None),
        (f'{CORE}:emails[type eq "work"].value', "emails", "value"),
        ("emails.value", "emails", "value"),
    ],
)
def test_a_path_names_an_attribute_in_any_letter_case(path: str, attribute: str, part: str | None) -> None:
    found = target(path)
    assert found is not None
    assert (found.attribute.name, found.part.key if found.part else None) == (attribute, part)


@pytest.mark.parametrize(
    "path", ["nickName", "name.honorificPrefix", 'ims[type eq "x"].value', "urn:acme:1.0:User:badge"]
)
def test_a_path_to_what_is_not_kept_names_nothing(path: str) -> None:
    assert target(path) is None


@pytest.mark.parametrize(
    "path",
    ["emails[", 'emails[type eq "work"', "a b", "..", "emails[]", 'name[givenName eq "x"]', "x" * 501, "\x00", "é"],
)
def test_a_path_out_of_grammar_is_refused(path: str) -> None:
    with pytest.raises(ScimError) as refused:
        patched_by(person(), {"op": "replace", "path": path, "value": "x"})
    assert refused.value.scim_type == "invalidPath"


@pytest.mark.parametrize("path", ["id", "meta", "meta.created"])
def test_what_torque_sets_is_not_changed_by_a_path(path: str) -> None:
    for verb in ("add", "replace", "remove"):
        with pytest.raises(ScimError) as refused:
            patched_by(person(), {"op": verb, "path": path, "value": "x"})
        assert refused.value.scim_type == "mutability"


def test_a_resource_sent_back_as_it_was_read_changes_nothing() -> None:
    ann = person(scim_attributes={"title": "Engineer", f"{ENTERPRISE}:department": "R&D"})
    read = resources.to_resource(ann, BASE)
    assert patched_by(ann, {"op": "replace", "value": read}) == read


def test_another_id_in_the_attributes_is_refused() -> None:
    with pytest.raises(ScimError) as refused:
        patched_by(person(), {"op": "replace", "value": {"id": "another", "displayName": "A"}})
    assert refused.value.scim_type == "mutability"


@pytest.mark.parametrize("path", [None, "", ENTERPRISE])
def test_the_extension_may_be_set_as_one_object(path: str | None) -> None:
    value: dict[str, Any] = {"department": "Ops", "manager": {"value": "7", "displayName": "Mo"}}
    operation = {"op": "add", "path": path, "value": value if path else {ENTERPRISE: value}}
    assert patched_by(person(), operation)[ENTERPRISE] == value


def test_the_extension_may_be_removed_as_a_whole() -> None:
    ann = person(scim_attributes={f"{ENTERPRISE}:department": "R&D"})
    after = patched_by(ann, {"op": "remove", "path": ENTERPRISE})
    assert ENTERPRISE not in after
    assert ENTERPRISE not in after["schemas"]


def test_another_manager_does_not_keep_the_name_of_the_one_before() -> None:
    kept = {f"{ENTERPRISE}:manager.value": "7", f"{ENTERPRISE}:manager.displayName": "Mo"}
    after = patched_by(person(scim_attributes=kept), {"op": "replace", "path": "manager", "value": "8"})
    assert after[ENTERPRISE]["manager"] == {"value": "8"}


def test_null_clears_an_attribute_or_a_part() -> None:
    ann = person(scim_attributes={"title": "Engineer", "name.middleName": "Q"})
    after = patched_by(ann, {"op": "replace", "value": {"title": None, "name": {"middleName": None}}})
    assert "title" not in after
    assert "middleName" not in after["name"]


def test_removing_the_external_id_clears_it() -> None:
    assert "externalId" not in patched_by(person(), {"op": "remove", "path": "externalId"})


@pytest.mark.parametrize("name", ["userName", "active"])
@pytest.mark.parametrize("value", [None, ""])
def test_what_everybody_has_is_not_emptied(name: str, value: str | None) -> None:
    with pytest.raises(ScimError) as refused:
        patched_by(person(), {"op": "replace", "path": name, "value": value})
    assert refused.value.scim_type == "invalidValue"


@pytest.mark.parametrize("verb", ["add", "replace"])
def test_an_operation_without_a_value_is_refused(verb: str) -> None:
    with pytest.raises(ScimError) as refused:
        patched_by(person(), {"op": verb, "path": "title"})
    assert refused.value.scim_type == "invalidValue"


def test_a_member_named_twice_in_different_letter_case_is_refused() -> None:
    with pytest.raises(ScimError) as refused:
        patched_by(person(), {"op": "replace", "path": "active", "value": True, "Value": False})
    assert refused.value.scim_type == "invalidSyntax"


NOTHING = {"op": "replace", "value": {}}


@pytest.mark.parametrize(
    "operations",
    [
        [NOTHING] * 101,
        [{"op": "add", "value": {f"x{number}": 1 for number in range(101)}}],
        [{"op": "add", "value": {ENTERPRISE: {f"x{number}": 1 for number in range(100)}}}],
        [{"op": "add", "path": ENTERPRISE, "value": {f"x{number}": 1 for number in range(100)}}, NOTHING],
    ],
)
def test_more_operations_than_allowed_are_refused(operations: list[Any]) -> None:
    with pytest.raises(ScimError) as refused:
        patched(person(), {"Operations": operations})
    assert refused.value.status == 413


def test_as_many_operations_as_allowed_are_done() -> None:
    title = {"op": "replace", "path": "title", "value": "Dr"}
    assert patched(person(), {"Operations": [NOTHING] * 99 + [title]})["title"] == "Dr"


def test_a_path_that_compares_too_often_is_refused() -> None:
    condition = " or ".join(['type eq "x"'] * 6)
    with pytest.raises(ScimError) as refused:
        patched_by(person(), {"op": "remove", "path": f"emails[not ({condition})]"})
    assert refused.value.scim_type == "invalidPath"


@pytest.mark.parametrize("body", [None, [], "x", 5, {}, {"Operations": None}, {"Operations": {}}, {"Operations": [5]}])
def test_a_body_that_is_no_patch_is_refused(body: Any) -> None:
    with pytest.raises(ScimError) as refused:
        patched(person(), body)
    assert refused.value.scim_type == "invalidSyntax"
