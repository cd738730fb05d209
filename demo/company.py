"""Acme: its people, its groups, and which rule each person shows. Invented, and the same at every start."""

import uuid
from dataclasses import dataclass

DOMAIN = "acme.example"
TENANT_ID = "7a1c0e52-3b64-4f0e-9d1b-2f4c5a6b7d81"
OKTA_APP_ID = "exk1acme"
AZURE_CLIENT_ID = "c0ffee00-1111-4222-8333-444455556666"
OKTA_CLIENT_ID = "0oa1acme"


def _guid(name: str) -> str:
    """An object id as Entra gives them; derived from the name so that a restart changes nothing."""
    return str(uuid.uuid5(uuid.UUID(TENANT_ID), name))


DEVELOPERS, TESTERS, OPERATIONS = "Developers", "Testers", "Operations"
GROUPS = {name: _guid(name) for name in (DEVELOPERS, TESTERS, OPERATIONS, "Everyone at Acme")}
EVERYONE = GROUPS["Everyone at Acme"]  # known to the IdP only: no product group carries it


@dataclass(frozen=True)
class Person:
    """A person of Acme. `shows`: what their login demonstrates. None as a value: the IdP sends nothing."""

    first_name: str
    last_name: str
    shows: str
    space_name: tuple[str, ...] | None = None
    space_role: tuple[str, ...] | None = None
    timezone: tuple[str, ...] | None = None
    groups: tuple[str, ...] = (EVERYONE,)

    @property
    def key(self) -> str:
        return self.first_name.lower()

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"

    @property
    def object_id(self) -> str:
        return _guid(self.email)


_MANY_GROUPS = (GROUPS[DEVELOPERS], GROUPS[OPERATIONS], *(_guid(f"Project {number}") for number in range(248)))

PEOPLE = (
    Person(
        "Bob",
        "Ek",
        "Two spaces and two roles: each space gets the role in the same place.",
        ("Trial,DevOps",),
        ("Space Member,Space Developer",),
        ("Europe/Stockholm",),
        (GROUPS[DEVELOPERS], EVERYONE),
    ),
    Person(
        "Petra",
        "Novak",
        "An admin created her as a pending user: her first login activates that user.",
        ("QA",),
        ("Space Developer",),
        ("Europe/Prague",),
        (GROUPS[TESTERS], EVERYONE),
    ),
    Person(
        "Dana",
        "Diaz",
        "Three spaces and one role: the role is used for every space.",
        ("Trial,DevOps,QA",),
        ("Space Developer",),
        ("America/Bogota",),
        (GROUPS[DEVELOPERS], GROUPS[TESTERS]),
    ),
    Person(
        "Erik",
        "Olsen",
        "An unknown role becomes Space Member; so does a missing one.",
        ("Trial,DevOps,QA",),
        ("Space Developer,Space Wizard",),
        ("Europe/Oslo",),
    ),
    Person(
        "Fatima",
        "Haddad",
        "An unknown space is ignored together with its role.",
        ("Trial,Atlantis,QA",),
        ("Space Member,Space Admin,Space Developer",),
        ("Africa/Casablanca",),
        (GROUPS[TESTERS],),
    ),
    Person(
        "Gus",
        "Grant",
        "A custom space role that exists, a time zone that does not, and two roles too many.",
        ("DevOps",),
        ("Release Manager,Space Admin,Space Member",),
        ("Mars/Olympus",),
        (GROUPS[OPERATIONS],),
    ),
    Person(
        "Hana",
        "Sato",
        "No spaces and no groups arrive: the connection's default space, if it has one.",
        groups=(),
    ),
    Person(
        "Ivan",
        "Ilic",
        "In 250 groups, too many for the message: Entra sends a mark, and the product asks Microsoft Graph.",
        ("Trial",),
        ("Space Member",),
        ("Europe/Zagreb",),
        _MANY_GROUPS,
    ),
)


def person_by_key(key: str) -> Person | None:
    return next((person for person in PEOPLE if person.key == key), None)


def groups_of(object_id: str) -> tuple[str, ...] | None:
    """Return the groups of a person; None for an unknown person."""
    return next((person.groups for person in PEOPLE if person.object_id == object_id.lower()), None)
