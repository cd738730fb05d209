"""Okta's conversations O1 to O7 and the probes of its test suite O9 (`protocol.md` section 2)."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from demo.scim_wire import Surprise, Wire

USER_AGENT = "Okta SCIM Client 1.0.0"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
PAGE = 100


@dataclass(frozen=True)
class Person:
    """`key` makes the user a new one in each run."""

    key: str

    @property
    def user_name(self) -> str:
        return f"ann.{self.key}@acme.example"

    @property
    def profile(self) -> dict[str, Any]:
        return {
            "schemas": [USER],
            "userName": self.user_name,
            "name": {"givenName": "Ann", "familyName": "Lee"},
            "emails": [{"primary": True, "value": self.user_name, "type": "work"}],
            "displayName": "Ann Lee",
            "locale": "en-US",
            "externalId": f"00u{self.key}",
            "groups": [],
            "password": "x7Kq20pZ",
            "active": True,
        }


def play(wire: Wire, key: str) -> None:
    """Raises Surprise."""
    ann = Person(key)
    test_connection(wire)
    identity = assign(wire, ann)
    assign_again(wire, ann)
    push_profile(wire, identity)
    let_go_and_back_by_put(wire, identity)
    let_go_and_back_by_patch(wire, identity)
    hire_again(wire, ann, identity)
    reconcile(wire, identity)
    probe(wire)


def test_connection(wire: Wire) -> None:
    wire.step("O1 Test the connection")
    wire.ask("GET", "/Users?startIndex=1&count=2").is_list()
    wire.ask("GET", "/Groups?startIndex=1&count=100").is_list()


def assign(wire: Wire, ann: Person) -> str:
    wire.step("O2 Assign a person: look up, then create")
    wire.ask("GET", look_up(ann.user_name)).is_list(total=0)
    created = wire.ask("POST", "/Users", ann.profile)
    made = created.is_user(201, userName=ann.user_name, active=True, externalId=f"00u{ann.key}")
    if "password" in made:
        raise Surprise("Expected a user without a password; received one.")
    if not created.location.endswith(f"/Users/{made['id']}"):
        raise Surprise(f"Expected the user's address in Location; received {created.location!r}.")
    wire.ask("GET", f"/Users/{made['id']}").is_user(name=made["name"], emails=made["emails"])
    return str(made["id"])


def assign_again(wire: Wire, ann: Person) -> None:
    wire.step("O3 Already there")
    wire.ask("POST", "/Users", ann.profile).is_error(409)
    wire.ask("POST", "/Users", {**ann.profile, "userName": ann.user_name.upper()}).is_error(409)
    wire.ask("GET", look_up(ann.user_name.upper())).is_list(total=1)


def push_profile(wire: Wire, identity: str) -> None:
    wire.step("O4 Push a changed profile: read, change, PUT")
    read = wire.ask("GET", f"/Users/{identity}").is_user()
    changed = {name: value for name, value in read.items() if name != "externalId"}
    changed["name"] = {"givenName": "Ann", "middleName": "Q", "familyName": "Li"}
    pushed = wire.ask("PUT", f"/Users/{identity}", changed).is_user(id=identity, externalId=read["externalId"])
    if pushed["name"]["familyName"] != "Li":
        raise Surprise(f"Expected the new family name; received {pushed['name']!r}.")


def let_go_and_back_by_put(wire: Wire, identity: str) -> None:
    wire.step("O5, O6 Deactivate and reactivate as an app of the integration wizard: PUT")
    for active in (False, True):
        read = wire.ask("GET", f"/Users/{identity}").is_user()
        wire.ask("PUT", f"/Users/{identity}", {**read, "active": active}).is_user(active=active)


def let_go_and_back_by_patch(wire: Wire, identity: str) -> None:
    wire.step("O5, O6 Deactivate and reactivate as an app of the catalogue: PATCH")
    for active in (False, False, True):
        body = {"schemas": [PATCH], "Operations": [{"op": "replace", "value": {"active": active}}]}
        wire.ask("PATCH", f"/Users/{identity}", body).is_user(active=active)


def hire_again(wire: Wire, ann: Person, identity: str) -> None:
    wire.step("O3 Hired again: a new POST brings the same record back")
    body = {"schemas": [PATCH], "Operations": [{"op": "replace", "value": {"active": False}}]}
    wire.ask("PATCH", f"/Users/{identity}", body).is_user(active=False)
    wire.ask("POST", "/Users", ann.profile).is_user(201, id=identity, active=True)


def reconcile(wire: Wire, identity: str) -> None:
    wire.step("O7 Import: page after page, until the total is covered")
    seen: set[str] = set()
    start, total = 1, 1
    while start <= total:
        page = wire.ask("GET", f"/Users?startIndex={start}&count={PAGE}")
        people = page.is_list()
        if not people:
            raise Surprise(f"Expected users up to {total}; received none from {start} on.")
        seen.update(person["id"] for person in people)
        start, total = start + len(people), page.body["totalResults"]
    if identity not in seen:
        raise Surprise("Expected the user of this run among all users; received only others.")


def probe(wire: Wire) -> None:
    wire.step("O9 What Okta's test suite tries besides")
    wire.ask("GET", "/Users/00919288221112222").is_error(404)
    wire.ask("GET", "/Users?count=1&startIndex=1", token="non-token").is_error(401)
    first = wire.ask("GET", "/Users?count=1&startIndex=1").is_list()[0]
    missing = [name for name in ("id", "userName", "active", "emails", "name") if first.get(name) in (None, "", [], {})]
    if missing:
        raise Surprise(f"Expected a first user that is complete; {', '.join(missing)} is missing.")


def look_up(user_name: str) -> str:
    text = quote(f'userName eq "{user_name}"', safe="")
    return f"/Users?filter={text}&startIndex=1&count={PAGE}"
