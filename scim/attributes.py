"""PURE. THE table of the attributes kept of a user: filters, sorting, PATCH paths and /Schemas follow from it.

Attributes of unknown schemas are kept beside it (`scim.users.extensions`); whatever else a client sends is accepted and
ignored (P22). Where a value lives: `column` names the User column; without one it is in `User.scim_attributes`, under
the attribute's own path, as it was sent.

Below it: reading the value of one attribute as a client sent it: of the right type, or refused with `invalidValue`.
Tolerated because the vendors send it: null and empty arrays for "no value", "True" and "False" for booleans, a bare
string or a list of one for a manager (P02, P14, E2). Letter case of attribute names never counts (RFC 7643 2.1).
"""

from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from typing import Any
from uuid import UUID

from common.folding import fold
from scim.errors import invalid_syntax, invalid_value, quoted, type_name

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
COMMON = ""  # attributes of every resource (RFC 7643 section 3.1), which stand in no schema


@dataclass(frozen=True)
class Attribute:
    """One row, in the words of RFC 7643 section 7. `name` is the path without a URN: "name.givenName"."""

    name: str
    description: str
    type: str = "string"  # string, boolean, complex, dateTime, reference
    column: str = ""
    schema: str = CORE
    required: bool = False
    case_exact: bool = False
    mutability: str = "readWrite"  # readWrite, readOnly
    returned: str = "default"  # always, default
    uniqueness: str = "none"  # none, server
    multi_valued: bool = False
    canonical_values: tuple[str, ...] = ()
    reference_types: tuple[str, ...] = ()
    filterable: bool = True
    sortable: bool = True

    @property
    def path(self) -> str:
        """As PATCH names it: with the URN for an attribute of the extension."""
        return f"{self.schema}:{self.name}" if self.schema == ENTERPRISE else self.name

    @property
    def parent(self) -> str:
        """The complex attribute around it: "name" for "name.givenName", else nothing."""
        return self.name.rpartition(".")[0]

    @property
    def key(self) -> str:
        """What it is called in the JSON object around it: "givenName"."""
        return self.name.rpartition(".")[2]


# Part of an entry of a list: found by a filter, but a user has no single one to be sorted by.
_of_entry = partial(Attribute, sortable=False)
_list = partial(Attribute, type="complex", multi_valued=True)

_EMAIL_TYPES = ("work", "home", "other")
_PHONE_TYPES = ("work", "home", "mobile", "fax", "pager", "other")

_of_resource = partial(Attribute, schema=COMMON, case_exact=True)
_of_meta = partial(_of_resource, mutability="readOnly", sortable=False)
_time = partial(Attribute, type="dateTime", schema=COMMON, mutability="readOnly")

_COMMON = (
    _of_resource(
        "id",
        "The id that Torque gave to the person; it never changes.",
        column="id",
        mutability="readOnly",
        returned="always",
        uniqueness="server",
    ),
    _of_resource("externalId", "The identity provider's own id of the person.", column="external_id"),
    _of_meta("meta", "What Torque keeps about the resource.", "complex", case_exact=False),
    _of_meta("meta.resourceType", "Always User."),
    _time("meta.created", "When the person was added.", column="created_at"),
    _time("meta.lastModified", "When the person last changed.", column="modified_at"),
    _of_meta("meta.location", "The address of the resource.", "reference", reference_types=("User",), filterable=False),
    _of_meta("meta.version", "The ETag of the resource.", filterable=False),
)

_CORE = (
    Attribute(
        "userName",
        "The name under which the identity provider knows the person, mostly an e-mail address; letter case ignored.",
        column="user_name",
        required=True,
        uniqueness="server",
    ),
    Attribute("name", "The parts of the person's name.", "complex", sortable=False),
    Attribute("name.formatted", "The whole name, ready for display."),
    Attribute("name.familyName", "The family name.", column="last_name"),
    Attribute("name.givenName", "The given name.", column="first_name"),
    Attribute("name.middleName", "Names between the given name and the family name."),
    Attribute("displayName", "The name shown to others.", column="display_name"),
    Attribute("title", "The person's title in the company, such as 'Engineer'."),
    Attribute("userType", "How the person belongs to the company, such as 'Contractor'; Torque uses it for nothing."),
    Attribute("preferredLanguage", "The language the person likes to read, such as 'de'."),
    Attribute("locale", "How dates and numbers are shown to the person, such as 'de-DE'."),
    Attribute("timezone", "The person's time zone, such as 'Europe/Paris'.", column="timezone"),
    Attribute("active", "Whether the person may use Torque; true unless said.", "boolean", "state", required=True),
    _list("emails", "The person's e-mail addresses; one of them is primary."),
    Attribute("emails.value", "The address."),
    _of_entry("emails.display", "The address as it is shown."),
    _of_entry("emails.type", "What the address is for.", canonical_values=_EMAIL_TYPES),
    _of_entry("emails.primary", "Whether this is the address that Torque writes to.", "boolean"),
    _list("phoneNumbers", "The person's phone numbers.", sortable=False),
    _of_entry("phoneNumbers.value", "The number as it was sent."),
    _of_entry("phoneNumbers.type", "What the number is for.", canonical_values=_PHONE_TYPES),
    _of_entry("phoneNumbers.primary", "Whether this is the preferred number.", "boolean"),
    _list("addresses", "The person's postal addresses, as they were sent.", sortable=False),
    _of_entry("addresses.formatted", "The whole address, ready for a letter."),
    _of_entry("addresses.streetAddress", "Street and house number."),
    _of_entry("addresses.locality", "The city."),
    _of_entry("addresses.region", "The state or region."),
    _of_entry("addresses.postalCode", "The postal code."),
    _of_entry("addresses.country", "The country, such as 'DE'."),
    _of_entry("addresses.type", "What the address is for.", canonical_values=_EMAIL_TYPES),
    _of_entry("addresses.primary", "Whether this is the preferred address.", "boolean"),
)

_ENTERPRISE = (
    Attribute("employeeNumber", "The number of the employee in the company.", schema=ENTERPRISE),
    Attribute("costCenter", "The cost center.", schema=ENTERPRISE),
    Attribute("organization", "The organization.", schema=ENTERPRISE),
    Attribute("division", "The division.", schema=ENTERPRISE),
    Attribute("department", "The department.", schema=ENTERPRISE),
    Attribute("manager", "The person's manager.", "complex", schema=ENTERPRISE, sortable=False),
    Attribute("manager.value", "The id of the manager.", schema=ENTERPRISE, case_exact=True),
    Attribute("manager.displayName", "The name of the manager, as it was sent.", schema=ENTERPRISE),
)

ATTRIBUTES: tuple[Attribute, ...] = (*_COMMON, *_CORE, *_ENTERPRISE)

_BY_NAME = {attribute.name.lower(): attribute for attribute in ATTRIBUTES}


def find(path: str) -> Attribute | None:
    """The row that a path names, in any letter case, with or without its schema's URN; None for what is not kept.

    Attributes of the extension are known by their bare names too: Entra asks `manager eq "..."` (E9, P14).
    """
    wanted = path.lower()
    for schema in (CORE, ENTERPRISE):
        if wanted.startswith(f"{schema.lower()}:"):
            found = _BY_NAME.get(wanted[len(schema) + 1 :])
            return found if found and found.schema in (schema, COMMON) else None
    return _BY_NAME.get(wanted)


def parts_of(attribute: Attribute) -> tuple[Attribute, ...]:
    """The sub-attributes of a complex attribute, in the table's order."""
    return tuple(part for part in ATTRIBUTES if part.parent == attribute.name)


def of_schema(schema: str) -> tuple[Attribute, ...]:
    """The attributes that stand directly in a schema: those without a parent."""
    return tuple(attribute for attribute in ATTRIBUTES if attribute.schema == schema and not attribute.parent)


# In characters, where the column is shorter than the rest.
_LIMITS = {
    "userName": 320,
    "externalId": 255,
    "displayName": 320,
    "name.givenName": 150,
    "name.familyName": 150,
    "emails.value": 320,
    "timezone": 64,
}
_LIMIT = 1_000
_MAX_ENTRIES = 50

_BOOLEANS = {"true": True, "false": False}


def read(attribute: Attribute, value: object) -> Any:
    """The value in its proper type and spelling, or None where there is none. Raises ScimError."""
    if value is None:
        return None
    if attribute.multi_valued:
        return _read_entries(attribute, value)
    if attribute.type == "complex":
        return _read_complex(attribute, value)
    if attribute.type == "boolean":
        return _read_boolean(attribute, value)
    return read_text(attribute, value)


def issued_id(text: str) -> UUID | None:
    """Ids are opaque and case-exact: a spelling that Torque did not issue is no user's (C10)."""
    with suppress(ValueError):
        if str(key := UUID(text)) == text:
            return key
    return None


def read_text(attribute: Attribute, value: object) -> str:
    """A string that the database can hold; blanks around it do not count."""
    if not isinstance(value, str):
        raise invalid_value(f"Expected a string for {attribute.name}; received {type_name(value)}.")
    if not value.isascii() or "\0" in value:
        _check_characters(attribute, value)
    text = value.strip()
    if attribute.name == "emails.value" and len(text.split()) > 1:
        raise invalid_value(f"Expected an address without blanks for {attribute.name}; received {quoted(text)}.")
    limit = _LIMITS.get(attribute.name, _LIMIT)
    # The folded spelling is stored too, and can be longer ("ß" becomes "ss").
    if len(text) > limit or (not text.isascii() and len(fold(text)) > limit):
        raise invalid_value(f"Expected at most {limit} characters for {attribute.name}; received {len(text)}.")
    return text


def check_count(attribute: Attribute, entries: list[Any]) -> None:
    """Raises ScimError for a list longer than any user has: each change would look through all of it."""
    if len(entries) > _MAX_ENTRIES:
        raise invalid_value(f"Expected at most {_MAX_ENTRIES} {attribute.name}; received {len(entries)}.")


def check_is_list(attribute: Attribute, value: object) -> None:
    """Raises ScimError for what is no list of objects, which only PATCH reads as one; null is no value."""
    if value is None:
        return
    odd = value
    if isinstance(value, list):
        odd = next((entry for entry in value if not isinstance(entry, dict | None)), None)
    if odd is not None:
        where = " in it" if isinstance(value, list) else ""
        raise invalid_value(
            f"Expected a list of objects for {attribute.name}, such as"
            f' [{{"value": "...", "type": "work"}}]; received {type_name(odd)}{where}.'
        )


def is_empty(value: object) -> bool:
    """No value, in the sense of RFC 7643 section 2.5."""
    return value is None or value in ("", [], {})


def read_entry(attribute: Attribute, entry: object) -> dict[str, Any]:
    """One entry of a list, or some members of one; a bare string is its value. Raises ScimError."""
    if isinstance(entry, str):
        entry = {"value" if "value" in parts_by_name(attribute) else "formatted": entry}
    if not isinstance(entry, dict):
        raise invalid_value(f"Expected objects in {attribute.name}; received {type_name(entry)}.")
    return _read_parts(attribute, entry)


def canonical(members: dict[str, Any], where: str) -> dict[str, Any]:
    """The members under lower-case names. Raises ScimError if two names differ in letter case only."""
    folded = {name.lower(): value for name, value in members.items()}
    if len(folded) != len(members):
        raise invalid_syntax(f"Expected every attribute of {where} once; received one twice, in different letter case.")
    return folded


@cache
def parts_by_name(attribute: Attribute) -> dict[str, Attribute]:
    """The sub-attributes under their lower-case names."""
    return {part.key.lower(): part for part in parts_of(attribute)}


def settle_primary(entries: list[dict[str, Any]], chosen: dict[str, Any] | None = None) -> None:
    """Leaves one entry primary: `chosen`, or the first that says so (RFC 7643 section 2.4)."""
    first = chosen or next((entry for entry in entries if entry.get("primary")), None)
    for entry in entries:
        if entry is not first and entry.get("primary"):
            del entry["primary"]


def _check_characters(attribute: Attribute, value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise invalid_value(f"Expected text for {attribute.name}; received half a surrogate pair.") from None
    if "\0" in value:
        raise invalid_value(f"Expected text for {attribute.name}; received a NUL character.")


def _read_boolean(attribute: Attribute, value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and (known := _BOOLEANS.get(value.strip().lower())) is not None:
        return known
    raise invalid_value(f"Expected true or false for {attribute.name}; received {quoted(value)}.")


def _read_complex(attribute: Attribute, value: object) -> dict[str, Any] | None:
    parts = parts_by_name(attribute)
    if "value" in parts:  # Entra's manager: "ID", or [{"value": "ID"}]
        if isinstance(value, list):
            value = value[0] if value else None
        if isinstance(value, str):
            value = {"value": value}
    if value is None:
        return None
    if not isinstance(value, dict):
        raise invalid_value(f"Expected an object for {attribute.name}; received {type_name(value)}.")
    return _read_parts(attribute, value) or None


def _read_parts(attribute: Attribute, members: dict[str, Any]) -> dict[str, Any]:
    given = canonical(members, attribute.name)
    found = {part.key: read(part, given[name]) for name, part in parts_by_name(attribute).items() if name in given}
    return {name: value for name, value in found.items() if not is_empty(value)}


def _read_entries(attribute: Attribute, value: object) -> list[dict[str, Any]]:
    entries = value if isinstance(value, list) else [value]
    check_count(attribute, entries)
    found = [read_entry(attribute, _typed(attribute, entry)) for entry in entries if entry is not None]
    has_value = "value" in parts_by_name(attribute)
    valued = without_repeats([entry for entry in found if (entry.get("value") if has_value else entry)])
    settle_primary(valued)
    return valued


def _typed(attribute: Attribute, entry: object) -> object:
    """A bare address becomes one for work, as Torque shows the address of whom none was sent: a later change of
    `emails[type eq "work"]` finds it."""
    return {"value": entry, "type": "work"} if isinstance(entry, str) and attribute.name == "emails" else entry


def without_repeats(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One entry for each type and value (RFC 7643 section 2.4); one without a type is the typed one of its value."""
    kept: list[dict[str, Any]] = []
    for entry in entries:
        twin = next((other for other in kept if _repeats(entry, other)), None)
        if twin is None:
            kept.append(entry)
        else:
            twin.update({**entry, "primary": True} if twin.get("primary") else entry)
    return kept


def _repeats(one: dict[str, Any], other: dict[str, Any]) -> bool:
    types = {fold(entry["type"]) for entry in (one, other) if "type" in entry}
    return same_value(one, other) and (len(types) < 2 or one == other)


def same_value(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Addresses have no value: they are the same if all of them is."""
    if "value" not in one or "value" not in other:
        return one == other
    return bool(fold(one["value"]) == fold(other["value"]))
