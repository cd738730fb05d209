"""PURE. Attributes of schemas that Torque does not know: kept and returned as they were sent, and used for nothing.

In a resource each schema is an object under its URN (RFC 7643 section 3.3), also what a known extension has beyond the
table; in `User.scim_attributes` all of them are under "extensions".
"""

import json
import re
from typing import Any

from scim.attributes import CORE, ENTERPRISE, find
from scim.errors import invalid_value, type_name

# Of one user. Directories have fifteen extension attributes or so, of some words each.
MOST_SCHEMAS = 10
LARGEST = 16_384  # bytes of JSON
DEEPEST = 5
_LONGEST_NAME = 500

Extensions = dict[str, dict[str, Any]]

_MESSAGES = "urn:ietf:params:scim:api:"
# As RFC 7643 section 10 names schemas: a version, then the resource. What follows is an attribute.
_SCHEMA = re.compile(r"(urn:\S+?:[0-9]+(?:\.[0-9]+)+:\w+)(?::(.+))?", re.IGNORECASE)


def is_named(path: str) -> bool:
    """Whether the path or key names an extension, or an attribute of one, that the table does not have."""
    name = path.lower()
    if len(name) > _LONGEST_NAME or not name.startswith("urn:") or name.startswith((_MESSAGES, CORE.lower())):
        return False
    return name != ENTERPRISE.lower() and find(name) is None


def split(path: str) -> tuple[str, str]:
    """The schema's URN and the attribute's path in it, which is "" for the whole extension."""
    if named := _SCHEMA.fullmatch(path):
        return named[1], named[2] or ""
    return path, ""


def read(document: dict[str, Any]) -> Extensions:
    """What a resource has under unknown URNs. Raises ScimError for more than is kept."""
    found: Extensions = {}
    for name, value in document.items():
        if name.lower() == ENTERPRISE.lower():
            _add(found, ENTERPRISE, _beyond_table(value))
        elif is_named(name):
            _add(found, *_members(name, value))
    _check(found)
    return found


def show(shown: dict[str, Any], kept: Extensions) -> None:
    """Puts them into a resource, and their URNs into its `schemas`."""
    for urn, members in kept.items():
        if urn not in shown:
            shown["schemas"] = [*shown["schemas"], urn]
        shown[urn] = {**shown.get(urn, {}), **members}


def change(document: dict[str, Any], verb: str, path: str, value: Any) -> None:
    """One PATCH operation on a resource. Raises ScimError. A path with a filter in it names nothing."""
    urn, attribute = _split_in(document, path, value)
    key = _spelling(document, urn)
    if "[" in attribute:
        return
    if attribute:
        held = document.setdefault(key, {})
        _set(held, attribute.split("."), verb, value)
    elif verb == "remove" or value is None:
        document.pop(key, None)
    else:
        held = document.setdefault(key, {})
        for name, item in _members(urn, value)[1].items():
            _set(held, [name], verb, item)


def _split_in(document: dict[str, Any], path: str, value: Any) -> tuple[str, str]:
    """A URN without a version ends where one that is known does, or before the last part."""
    urn, attribute = split(path)
    if attribute or isinstance(value, dict) or _spelling(document, urn) in document or _SCHEMA.fullmatch(path):
        return urn, attribute
    around, _, name = path.rpartition(":")
    return around, name


def _set(held: dict[str, Any], names: list[str], verb: str, value: Any) -> None:
    key = _spelling(held, names[0])
    if len(names) > 1:
        inner = held.get(key)
        held[key] = dict(inner) if isinstance(inner, dict) else {}
        _set(held[key], names[1:], verb, value)
    elif verb == "remove" or value is None:
        held.pop(key, None)
    elif isinstance(value, dict) and isinstance(held.get(key), dict):
        held[key] = {**held[key], **value}
    elif verb == "add" and isinstance(held.get(key), list):
        more = value if isinstance(value, list) else [value]
        held[key] = [*held[key], *(item for item in more if item not in held[key])]
    else:
        held[key] = value


def _spelling(members: dict[str, Any], name: str) -> str:
    """The name as it is there already: letter case does not count (RFC 7643 section 2.1)."""
    return next((known for known in members if known.lower() == name.lower()), name)


def _members(name: str, value: object) -> tuple[str, dict[str, Any]]:
    urn, attribute = split(name)
    if attribute:
        return urn, {attribute: value}
    if value is None:
        return urn, {}
    if not isinstance(value, dict):
        raise invalid_value(f"Expected an object for {name}; received {type_name(value)}.")
    return urn, value


def _beyond_table(extension: object) -> dict[str, Any]:
    if not isinstance(extension, dict):
        return {}
    return {name: value for name, value in extension.items() if find(f"{ENTERPRISE}:{name}") is None}


def _add(found: Extensions, urn: str, members: dict[str, Any]) -> None:
    """Without nulls, which say that there is no value (RFC 7643 section 2.5)."""
    given = {name: value for name, value in members.items() if value is not None}
    if given:
        found.setdefault(_spelling(found, urn), {}).update(given)


def _check(found: Extensions) -> None:
    if len(found) > MOST_SCHEMAS:
        raise invalid_value(f"Expected at most {MOST_SCHEMAS} extension schemas; received {len(found)}.")
    if _is_deeper(found, DEEPEST + 1):
        raise invalid_value(f"Expected extension attributes of at most {DEEPEST} levels; received more.")
    try:
        size = len(json.dumps(found, allow_nan=False).encode()) if found else 0
    except ValueError:
        raise invalid_value(
            "Expected extension attributes with numbers that can be stored; received another."
        ) from None
    if size > LARGEST:
        raise invalid_value(f"Expected at most {LARGEST:,} bytes of extension attributes; received {size:,}.")


def _is_deeper(value: Any, most: int) -> bool:
    """Whether more than `most` objects and lists are inside each other."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return inside is not None and (most == 0 or any(_is_deeper(inner, most - 1) for inner in inside))
