"""PURE. THE table of the attributes kept of a user: filters, sorting, PATCH paths and /Schemas follow from it.

Attributes of unknown schemas are kept beside it (`scim.users.extensions`); whatever else a client sends is accepted and
ignored (P22). Where a value lives: `column` names the User column; without one it is in `User.scim_attributes`, under
the attribute's own path, as it was sent.
"""

from dataclasses import dataclass
from functools import partial

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
