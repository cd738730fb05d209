"""Addresses, userType and attributes of schemas that Torque does not know are kept and returned as they were sent."""

from typing import Any

import pytest

from accounts.models import User
from scim.attributes import CORE, ENTERPRISE
from scim.errors import ScimError
from scim.users.resources import to_record
from tests.scim.client import ScimClient
from tests.scim.people import patched_by, person, recorded

ACME = "urn:ietf:params:scim:schemas:extension:acme:2.0:User"
PLAIN = "urn:acme:staff"
WORK = {"type": "work", "streetAddress": "1 Main St", "locality": "Berlin", "country": "DE", "primary": True}
HOME = {"type": "home", "formatted": "2 Side St, Bonn"}
BADGE = {"badge": "b-7", "tags": ["a", "b"], "desk": {"floor": 3, "window": True}}


def sent(**more: Any) -> dict[str, Any]:
    return {"userName": "ann@acme.example", **more}


def shown(**more: Any) -> dict[str, Any]:
    return patched_by(recorded(sent(**more)))


KEPT: list[dict[str, Any]] = [
    {"addresses": [WORK, HOME]},
    {"userType": "Contractor"},
    {ACME: BADGE},
    {PLAIN: {"shift": "late", "level": 2.5}},
    {"urn:ietf:params:scim:schemas:extension:enterprise:1.0:User": {"department": "R&D"}},
    {ENTERPRISE: {"department": "R&D", "building": "B2"}},
]


@pytest.mark.parametrize("attributes", KEPT, ids=str)
def test_what_was_sent_is_returned(attributes: dict[str, Any]) -> None:
    after = shown(**attributes)
    assert {name: after[name] for name in attributes} == attributes
    assert set(after["schemas"]) >= {CORE, *(name for name in attributes if name.startswith("urn:"))}


@pytest.mark.parametrize("attributes", KEPT, ids=str)
def test_what_a_replacement_leaves_out_is_cleared(attributes: dict[str, Any]) -> None:
    ann = recorded(sent(**attributes))
    assert to_record(sent(), ann).attributes == {}


def test_no_value_is_not_kept() -> None:
    after = shown(addresses=None, userType=None, **{ACME: {"badge": None}, PLAIN: None})
    assert {"addresses", "userType", ACME, PLAIN}.isdisjoint(after)


def op(verb: str, path: str, value: Any) -> dict[str, Any]:
    return {"op": verb, "path": path, "value": value}


PATCHES: list[tuple[dict[str, Any], dict[str, Any] | None]] = [
    (op("Add", f"{ACME}:badge", "b-8"), {**BADGE, "badge": "b-8"}),
    (op("Replace", f"{ACME.upper()}:BADGE", "b-8"), {**BADGE, "badge": "b-8"}),
    (op("Add", f"{ACME}:tags", ["b", "c"]), {**BADGE, "tags": ["a", "b", "c"]}),
    (op("Replace", f"{ACME}:tags", ["c"]), {**BADGE, "tags": ["c"]}),
    (op("Replace", f"{ACME}:desk.floor", 4), {**BADGE, "desk": {"floor": 4, "window": True}}),
    (op("Replace", f"{ACME}:desk", {"floor": 4}), {**BADGE, "desk": {"floor": 4, "window": True}}),
    (op("Remove", f"{ACME}:tags", None), {name: BADGE[name] for name in ("badge", "desk")}),
    (op("Replace", ACME, {"badge": "b-9", "new": 1}), {**BADGE, "badge": "b-9", "new": 1}),
    (op("Remove", ACME, None), None),
    ({"op": "replace", "value": {f"{ACME}:badge": "b-8"}}, {**BADGE, "badge": "b-8"}),
    ({"op": "replace", "value": {ACME: {"badge": "b-8"}}}, {**BADGE, "badge": "b-8"}),
    (op("Replace", f'{ACME}:tags[value eq "a"]', "x"), BADGE),
]


@pytest.mark.parametrize(("operation", "after"), PATCHES, ids=str)
def test_an_extension_is_patched(operation: dict[str, Any], after: dict[str, Any] | None) -> None:
    assert patched_by(recorded(sent(**{ACME: BADGE})), operation).get(ACME) == after


def test_attributes_of_a_schema_without_a_version_are_patched() -> None:
    ann = recorded(sent(**{PLAIN: {"shift": "late"}}))
    assert patched_by(ann, op("Replace", f"{PLAIN}:shift", "early"))[PLAIN] == {"shift": "early"}


def test_another_change_leaves_all_of_it() -> None:
    ann = recorded(sent(**{ACME: BADGE}, addresses=[WORK], userType="Staff"))
    after = patched_by(ann, op("Replace", "displayName", "Ann"))
    assert (after[ACME], after["addresses"], after["userType"]) == (BADGE, [WORK], "Staff")


ADDRESSES: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [
    (op("Replace", 'addresses[type eq "work"].locality', "Bonn"), [{**WORK, "locality": "Bonn"}, HOME]),
    (op("Add", 'addresses[type eq "other"].country', "FR"), [WORK, HOME, {"type": "other", "country": "FR"}]),
    (op("Add", "addresses", [{"type": "work", "locality": "Ulm"}]), [WORK, HOME, {"type": "work", "locality": "Ulm"}]),
    (op("Add", "addresses", [HOME]), [WORK, HOME]),
    (op("Remove", 'addresses[type eq "home"]', None), [WORK]),
    (op("Remove", "addresses", [{"type": "work"}]), [HOME]),
]


@pytest.mark.parametrize(("operation", "after"), ADDRESSES, ids=str)
def test_addresses_are_patched(operation: dict[str, Any], after: list[dict[str, Any]]) -> None:
    assert patched_by(recorded(sent(addresses=[WORK, HOME])), operation)["addresses"] == after


def nested(levels: int) -> Any:
    return [nested(levels - 1)] if levels else "end"


TOO_MUCH: dict[str, dict[str, Any]] = {
    "too large": {ACME: {"text": "x" * 17_000}},
    "too deep": {ACME: {"deep": nested(6)}},
    "too many schemas": {f"urn:acme:{number}:2.0:User": {"a": 1} for number in range(11)},
    "no number": {ACME: {"infinite": float("inf")}},
    "no object": {ACME: "text"},
}


@pytest.mark.parametrize("case", TOO_MUCH)
def test_more_than_is_kept_is_refused(case: str) -> None:
    with pytest.raises(ScimError) as refused:
        to_record(sent(**TOO_MUCH[case]))
    assert refused.value.scim_type == "invalidValue"


def test_levels_up_to_the_limit_are_kept() -> None:
    assert shown(**{ACME: {"deep": nested(4)}})[ACME] == {"deep": nested(4)}


@pytest.mark.django_db
def test_they_are_stored_and_found(okta: ScimClient) -> None:
    created = okta.create("ann@acme.example", addresses=[WORK], userType="Staff", **{ACME: BADGE})
    user_id = created.body["id"]
    assert (created.status, okta.get(f"/Users/{user_id}").body[ACME]) == (201, BADGE)
    for filter_text in ('userType eq "staff"', 'addresses[type eq "work" and country eq "DE"]', "addresses pr"):
        assert okta.find(filter_text).body["totalResults"] == 1, filter_text
    assert okta.get(f"/Users/{user_id}?attributes={ACME}:badge").body[ACME] == {"badge": "b-7"}
    assert ACME not in okta.get(f"/Users/{user_id}?excludedAttributes={ACME}").body


@pytest.mark.django_db
def test_nothing_of_it_is_a_right(okta: ScimClient) -> None:
    user_id = okta.create("ann@acme.example", userType="Account Admin", **{ACME: {"role": "Account Admin"}}).body["id"]
    assert User.objects.get(pk=user_id).account_role.name == "Account Member"


@pytest.mark.django_db
def test_the_schema_declares_what_is_kept(okta: ScimClient) -> None:
    declared = {attribute["name"]: attribute for attribute in okta.get(f"/Schemas/{CORE}").body["attributes"]}
    parts = [part["name"] for part in declared["addresses"]["subAttributes"]]
    assert parts[:3] == ["formatted", "streetAddress", "locality"]
    assert declared["userType"]["type"] == "string"


def test_a_person_without_any_shows_nothing_new() -> None:
    assert patched_by(person())["schemas"] == [CORE]
