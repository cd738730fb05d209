"""PURE. The requests of Okta and Entra over the life of a user, shortened: the SCIM test sends them.

`{name}` in a path or body is the user name of the test's user, `{key}` what makes it new, `{id}` the id it got.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_plus

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@dataclass(frozen=True)
class Ask:
    """One request below the base URL, and what its answer must have: the status, and values by dotted name."""

    title: str
    method: str
    path: str
    body: Mapping[str, Any] | None = None
    status: int = 200
    has: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Conversation:
    provider: str
    user_agent: str
    asks: tuple[Ask, ...]


def _okta_person(family_name: str, active: bool) -> dict[str, Any]:
    return {
        "schemas": [USER],
        "userName": "{name}",
        "name": {"givenName": "Self", "familyName": family_name},
        "emails": [{"primary": True, "value": "{name}", "type": "work"}],
        "displayName": f"Self {family_name}",
        "locale": "en-US",
        "externalId": "00u{key}",
        "groups": [],
        "active": active,
    }


def _patch(*operations: dict[str, Any]) -> dict[str, Any]:
    return {"schemas": [PATCH], "Operations": list(operations)}


_OKTA_LOOK_UP = "/Users?filter=" + quote('userName eq "', safe="") + "{name}" + quote('"', safe="")
_OKTA_LOOK_UP += "&startIndex=1&count=100"
_ENTRA_LOOK_UP = "/Users?filter=" + quote_plus('userName eq "') + "{name}" + quote_plus('"')
_OFF, _ON = ({"op": "Replace", "path": "active", "value": word} for word in ("False", "True"))

OKTA = Conversation(
    "Okta",
    "Okta SCIM Client 1.0.0",
    (
        Ask("Test the connection", "GET", "/Users?startIndex=1&count=2"),
        Ask("Look the person up", "GET", _OKTA_LOOK_UP, has={"totalResults": 0}),
        Ask("Create", "POST", "/Users", _okta_person("Test", True), 201, {"userName": "{name}", "active": True}),
        Ask("Find by filter", "GET", _OKTA_LOOK_UP, has={"totalResults": 1}),
        Ask("Update", "PUT", "/Users/{id}", _okta_person("Tested", True), has={"name.familyName": "Tested"}),
        Ask("Deactivate", "PUT", "/Users/{id}", _okta_person("Tested", False), has={"active": False}),
        Ask(
            "Reactivate",
            "PATCH",
            "/Users/{id}",
            _patch({"op": "replace", "value": {"active": True}}),
            has={"active": True},
        ),
        Ask("Delete", "DELETE", "/Users/{id}", status=204),
    ),
)
ENTRA = Conversation(
    "Microsoft Entra ID",
    "azure-ad-provisioning/1.0",
    (
        Ask("Test the connection: nobody has this name", "GET", _ENTRA_LOOK_UP, has={"totalResults": 0}),
        Ask(
            "Create",
            "POST",
            "/Users",
            {
                "schemas": [USER, ENTERPRISE],
                "externalId": "{key}",
                "userName": "{name}",
                "active": True,
                "displayName": "Self Test",
                "emails": [{"primary": True, "type": "work", "value": "{name}"}],
                "meta": {"resourceType": "User"},
                "name": {"formatted": "Self Test", "familyName": "Test", "givenName": "Self"},
                ENTERPRISE: {"department": "R&D"},
            },
            201,
            {"userName": "{name}", "active": True},
        ),
        Ask("Find by filter", "GET", _ENTRA_LOOK_UP, has={"totalResults": 1}),
        Ask(
            "Update",
            "PATCH",
            "/Users/{id}",
            _patch({"op": "Replace", "path": "displayName", "value": "Self Tested"}),
            has={"displayName": "Self Tested"},
        ),
        Ask("Disable", "PATCH", "/Users/{id}", _patch(_OFF), has={"active": False}),
        Ask("Enable again", "PATCH", "/Users/{id}", _patch(_ON), has={"active": True}),
        Ask("Delete", "DELETE", "/Users/{id}", status=204),
        Ask("Nobody is there any more", "GET", "/Users/{id}", status=404),
    ),
)
CONVERSATIONS = (OKTA, ENTRA)
