"""PURE. Reads the value of one attribute as a client sent it: of the right type, or refused with `invalidValue`.

Tolerated because the vendors send it: null and empty arrays for "no value", "True" and "False" for booleans, a bare
string or a list of one for a manager (P02, P14, E2). Letter case of attribute names never counts (RFC 7643 2.1).
"""

from functools import cache
from typing import Any

from common.folding import fold
from scim.attributes import Attribute, parts_of
from scim.errors import invalid_syntax, invalid_value, quoted, type_name

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
