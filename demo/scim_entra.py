"""Entra's conversations E1 to E9 (`protocol.md` section 3), in both of its PATCH dialects."""

from typing import Any
from urllib.parse import quote_plus
from uuid import uuid4

from demo.scim_wire import Surprise, Wire

USER_AGENT = "azure-ad-provisioning/1.0"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
NEW_DIALECT = "aadOptscim062020"  # the flag in the tenant URL (E5)

Operation = dict[str, Any]


def play(wire: Wire, key: str) -> None:
    """Raises Surprise."""
    user_name = f"bo.{key}@acme.example"
    test_connection(wire)
    identity = create(wire, user_name, key)
    update(wire, identity, f"bo.ek.{key}@acme.example")
    disable_and_enable(wire, identity)
    delete_softly(wire, identity, user_name)
    restore(wire, identity, user_name)
    name_manager(wire, identity)
    delete(wire, identity, user_name, key)


def test_connection(wire: Wire) -> None:
    wire.step("E1 Test the connection: nobody has a random name")
    wire.ask("GET", look_up(f'userName eq "{uuid4()}"')).is_list(total=0)


def create(wire: Wire, user_name: str, key: str) -> str:
    wire.step("E2 Look up and create")
    wire.ask("GET", look_up(f'userName eq "{user_name}"')).is_list(total=0)
    made = wire.ask("POST", "/Users", profile(user_name, key)).is_user(201, userName=user_name, active=True)
    wire.ask("GET", look_up(f'externalId eq "bo.{key}"')).is_list(total=1)
    wire.ask("GET", look_up(f'emails[type eq "work"].value eq "{user_name.upper()}"')).is_list(total=1)
    return str(made["id"])


def update(wire: Wire, identity: str, email: str) -> None:
    wire.step("E3, E4, E5 Read, then update")
    wire.ask("GET", f"/Users/{identity}").is_user(id=identity)
    changed = patch(wire, identity, *update_operations(wire, email))
    names, addresses = changed["name"]["givenName"], [one["value"] for one in changed["emails"] if one.get("primary")]
    if (changed["displayName"], names, addresses) != ("Bo A. Ek", "Bo A.", [email]):
        raise Surprise(f"Expected the new names and address; received {changed!r}.")


def update_operations(wire: Wire, email: str) -> list[Operation]:
    path = 'emails[type eq "work"].value'
    plain = {"displayName": "Bo A. Ek", "name.givenName": "Bo A.", f"{ENTERPRISE}:department": "Ops"}
    if NEW_DIALECT in wire.url:
        return [{"op": "replace", "path": path, "value": email}, {"op": "replace", "value": plain}]
    single = [{"op": "Replace", "path": name, "value": value} for name, value in plain.items()]
    return [*single, {"op": "Replace", "path": path, "value": email}]


def disable_and_enable(wire: Wire, identity: str) -> None:
    wire.step("E6, E7 Disable and enable again")
    for active in (False, True):
        if patch(wire, identity, activity(wire, active))["active"] is not active:
            raise Surprise(f"Expected active {active}; received the opposite.")
        wire.ask("GET", f"/Users/{identity}").is_user(active=active)


def delete_softly(wire: Wire, identity: str, user_name: str) -> None:
    wire.step("E6 Soft delete: disabled and renamed at once; the name here stays, so that a restore finds it")
    renamed = {"op": "Replace", "path": "userName", "value": f"{uuid4().hex}{user_name}"}
    gone = patch(wire, identity, renamed, activity(wire, False))
    if (gone["userName"], gone["active"]) != (user_name, False):
        raise Surprise(f"Expected the user name kept and active false; received {gone['userName']}, {gone['active']}.")


def restore(wire: Wire, identity: str, user_name: str) -> None:
    wire.step("E7 Restore: found by its name, enabled")
    found = wire.ask("GET", look_up(f'userName eq "{user_name}"')).is_list(total=1)
    if found[0]["id"] != identity:
        raise Surprise("Expected the same record; received another.")
    patch(wire, identity, activity(wire, True))


def name_manager(wire: Wire, identity: str) -> None:
    wire.step("E9 Name a manager")
    manager = str(uuid4())
    wire.ask("GET", look_up(f'id eq "{identity}" and manager eq "{manager}"') + "&attributes=id").is_list(total=0)
    patch(wire, identity, {"op": "Add", "path": f"{ENTERPRISE}:manager", "value": manager})
    patch(wire, identity, {"op": "Add", "path": "manager", "value": [{"$ref": None, "value": manager}]})


def delete(wire: Wire, identity: str, user_name: str, key: str) -> None:
    wire.step("E8 Delete for good")
    wire.ask("DELETE", f"/Users/{identity}").is_empty()
    wire.ask("DELETE", f"/Users/{identity}").is_error(404)
    wire.ask("GET", f"/Users/{identity}").is_error(404)
    wire.ask("GET", look_up(f'userName eq "{user_name}"')).is_list(total=0)
    again = wire.ask("POST", "/Users", profile(user_name, key)).is_user(201)
    if again["id"] == identity:
        raise Surprise("Expected a new id for a new record; received the old one.")
    wire.ask("DELETE", f"/Users/{again['id']}").is_empty()


def profile(user_name: str, key: str) -> dict[str, Any]:
    return {
        "schemas": [USER, ENTERPRISE],
        "externalId": f"bo.{key}",
        "userName": user_name,
        "active": True,
        "displayName": "Bo Ek",
        "emails": [{"primary": True, "type": "work", "value": user_name}],
        "meta": {"resourceType": "User"},
        "name": {"formatted": "Bo Ek", "familyName": "Ek", "givenName": "Bo"},
        "addresses": None,
        "phoneNumbers": None,
        "title": None,
        "roles": [],
        ENTERPRISE: {"department": "R&D", "employeeNumber": "77"},
    }


def activity(wire: Wire, active: bool) -> Operation:
    """Entra says a boolean as a word, unless the tenant URL carries the flag."""
    if NEW_DIALECT in wire.url:
        return {"op": "replace", "path": "active", "value": active}
    return {"op": "Replace", "path": "active", "value": str(active)}


def patch(wire: Wire, identity: str, *operations: Operation) -> dict[str, Any]:
    body = {"schemas": [PATCH], "Operations": list(operations)}
    return wire.ask("PATCH", f"/Users/{identity}", body).is_user(id=identity)


def look_up(filter_text: str) -> str:
    return f"/Users?filter={quote_plus(filter_text)}"
