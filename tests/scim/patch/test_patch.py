"""PATCH: rows P01 to P30 (`protocol.md` 1.6), each with the vendor's body from a file."""

from typing import Any

import pytest

from accounts.models import User
from scim.errors import ScimError
from scim.patch import patch
from scim.users import resources
from tests.scim.people import BASE, ENTERPRISE, patched, payload, person

HOME = {"type": "home", "value": "ana@home.example"}
WORK = {"type": "work", "value": "ann@acme.example", "primary": True}


@pytest.fixture
def ann() -> User:
    kept = {"title": "Engineer", "emails": [WORK], f"{ENTERPRISE}:division": "North"}
    return person(display_name="Ann Lee", scim_attributes=kept)


# Row, vendor, file, then what the resource says where (a path of keys) afterwards; None: it is not there.
ROWS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("P01", "okta", "deactivate-patch", {"active": False}),
    ("P02", "entra", "disable", {"active": False}),
    ("P03", "okta", "p03-deactivate-by-path", {"active": False}),
    ("P03", "entra", "disable-flag", {"active": False}),
    ("P06", "entra", "p06-given-name", {"name/givenName": "Ana", "name/familyName": "Lee"}),
    ("P07", "entra", "p07-add-display-name", {"displayName": "Ana Lee"}),
    ("P08", "entra", "p08-user-name", {"userName": "ana@acme.example"}),
    ("P09", "entra", "p09-replace-work-email", {"emails": [{**WORK, "value": "ana@acme.example"}]}),
    ("P09", "entra", "p09-replace-missing-home-email", {"emails": [WORK, HOME]}),
    ("P10", "entra", "p10-add-work-email", {"emails": [{**WORK, "value": "ana@acme.example"}]}),
    ("P10", "entra", "p10-add-missing-home-email", {"emails": [WORK, HOME]}),
    ("P12", "entra", "p12-whole-list", {"emails": [{**WORK, "value": "x@acme.example"}]}),
    ("P13", "entra", "p13-department", {f"{ENTERPRISE}/department": "Ops", f"{ENTERPRISE}/division": "North"}),
    ("P14", "entra", "manager-urn", {f"{ENTERPRISE}/manager/value": "7c0d6b1e-2f4a-4d7e-9a53-aa00aa00aa00"}),
    ("P14", "entra", "manager-list", {f"{ENTERPRISE}/manager/value": "7c0d6b1e-2f4a-4d7e-9a53-aa00aa00aa00"}),
    (
        "P15",
        "entra",
        "p15-dotted-and-urn-keys",
        {"displayName": "A", "name/givenName": "K", f"{ENTERPRISE}/employeeNumber": "9"},
    ),
    ("P16", "okta", "p16-nested-name", {"name/familyName": "U", "name/givenName": "Ann"}),
    ("P17", "entra", "p17-remove-title", {"title": None}),
    ("P22", "entra", "p22-mobile", {"phoneNumbers": [{"type": "mobile", "value": "+33 1 00"}]}),
    ("P22", "entra", "p22-primary-phone", {"phoneNumbers": [{"primary": True, "value": "+33 1 00"}]}),
    ("P22", "entra", "p22-title-and-language", {"title": "Dr", "preferredLanguage": "fr"}),
    ("P26", "okta", "p26-no-schemas", {"active": False}),
    ("P26", "okta", "p26-schemas-last", {"active": False}),
    ("P27", "entra", "p27-any-case", {"displayName": "Ana", "emails": [{**WORK, "value": "ana@acme.example"}]}),
    ("P29", "okta", "p29-core-urn-path", {"userName": "ana@acme.example"}),
    ("P30", "okta", "p30-external-id", {"externalId": "00u9zyxw"}),
    ("P22", "entra", "p22-address", {"addresses": [{"type": "work", "streetAddress": "1 Rue"}]}),
    ("E4", "entra", "update", {"displayName": "Bo A. Ek", f"{ENTERPRISE}/department": "Ops"}),
    ("E5", "entra", "update-flag", {"displayName": "Bo A. Ek", "name/givenName": "Bo A."}),
]


@pytest.mark.parametrize(("row", "vendor", "name", "expected"), ROWS)
def test_a_vendors_patch_does_what_it_says(
    ann: User, row: str, vendor: str, name: str, expected: dict[str, Any]
) -> None:
    after = patched(ann, payload(vendor, name))
    assert {path: _at(after, path) for path in expected} == expected


@pytest.mark.parametrize("name", ["p22-roles", "p24-empty"])
def test_what_names_nothing_that_is_kept_changes_nothing(ann: User, name: str) -> None:
    """P22: a refusal would stop the person's synchronisation; P24: Microsoft's validator sends an empty list."""
    assert patched(ann, payload("entra", name)) == resources.to_resource(ann, BASE)


REFUSED = [
    ("P05", "entra", "p05-active-maybe", "invalidValue"),
    ("P09", "entra", "p09-replace-unknown-type", "noTarget"),
    ("P19", "okta", "p19-remove-without-path", "noTarget"),
    ("P20", "entra", "p20-remove-user-name", "mutability"),
    ("P21", "okta", "p21-replace-id", "mutability"),
    ("P23", "okta", "p23-unknown-op", "invalidSyntax"),
    ("P23", "okta", "p23-no-op", "invalidSyntax"),
    ("P25", "okta", "p25-second-of-three-is-invalid", "invalidValue"),
]


@pytest.mark.parametrize(("row", "vendor", "name", "scim_type"), REFUSED)
def test_a_patch_that_cannot_be_is_refused_with_its_scim_type(
    ann: User, row: str, vendor: str, name: str, scim_type: str
) -> None:
    with pytest.raises(ScimError) as refused:
        patched(ann, payload(vendor, name))
    assert (refused.value.status, refused.value.scim_type) == (400, scim_type)


@pytest.mark.parametrize("name", ["enable", "enable-flag"])
def test_p04_adding_active_activates(name: str) -> None:
    gone = person(state="deprovisioned")
    assert patched(gone, payload("entra", name))["active"] is True


def test_p11_what_is_made_primary_takes_it_from_the_others(ann: User) -> None:
    ann.scim_attributes["emails"] = [{"type": "work", "value": "w@acme.example"}, {**HOME, "primary": True}]
    ann.email = ann.email_key = HOME["value"]
    emails = patched(ann, payload("entra", "p11-primary-as-text"))["emails"]
    assert [(entry["type"], entry.get("primary", False)) for entry in emails] == [("work", True), ("home", False)]


def test_p18_the_value_of_a_remove_does_not_count(ann: User) -> None:
    ann.scim_attributes["emails"] = [WORK, HOME]
    emails = patched(ann, payload("entra", "p18-remove-work-email-with-value"))["emails"]
    assert emails == [{**HOME, "primary": True}]


def test_p25_a_refused_patch_leaves_the_resource_as_it_was(ann: User) -> None:
    document = resources.to_resource(ann, BASE)
    with pytest.raises(ScimError):
        patch.apply(document, payload("okta", "p25-second-of-three-is-invalid"), max_operations=9)
    assert document == resources.to_resource(ann, BASE)


def test_a_password_in_a_patch_is_dropped(ann: User) -> None:
    assert patched(ann, payload("okta", "password-patch")) == resources.to_resource(ann, BASE)


def test_e6_the_name_of_a_deleted_person_is_kept() -> None:
    ann = person(user_name="bo@acme.example", email="bo@acme.example", scim_attributes={"emails": [WORK]})
    ann.scim_attributes["emails"] = [{**WORK, "value": "Bo@acme.example"}]
    after = patched(ann, payload("entra", "soft-delete"))
    assert (after["userName"], after["active"]) == ("bo@acme.example", False)
    assert [entry["value"] for entry in after["emails"]] == ["Bo@acme.example"]


def _at(document: dict[str, Any], path: str) -> Any:
    """The value under the keys of the path; the URN of the extension is one key."""
    found: Any = document
    for key in path.split("/"):
        found = found.get(key) if found else None
    return found
