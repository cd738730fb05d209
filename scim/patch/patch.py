"""PURE. PATCH (RFC 7644 section 3.5.2) the way Okta and Entra send it: `protocol.md` rows P01 to P30.

Works on plain dicts, because typed models cost more than everything else in the request (docs/decisions/0006); the
grammar of paths is scim2-models'. A single value is set by "add" and "replace" alike; what
names nothing that is kept is accepted and ignored, because a refusal stops the user's synchronisation (P22).
"""

from dataclasses import dataclass
from typing import Any

from common.folding import fold
from scim import errors
from scim.attributes import (
    CORE,
    ENTERPRISE,
    Attribute,
    canonical,
    check_count,
    is_empty,
    parts_by_name,
    read,
    read_entry,
    same_value,
    settle_primary,
    without_repeats,
)
from scim.errors import ScimError, quoted, type_name
from scim.patch.paths import Entry, Target, described, matches, named_schema, target
from scim.users import extensions

Document = dict[str, Any]

_VERBS = frozenset({"add", "replace", "remove"})

# Every user has these: replaced, never removed.
_NEVER_ABSENT = frozenset({"userName", "active"})


@dataclass(frozen=True)
class Operation:
    """`path` is "" where none was sent; the value is an object of paths then."""

    verb: str
    path: str
    value: Any
    has_value: bool


def apply(document: Document, body: object, *, max_operations: int) -> Document:
    """The resource after all operations of a PatchOp; `document` itself stays as it is. Raises ScimError."""
    changed: Document = _copied(document)
    for operation in _operations(body, max_operations):
        _carry_out(changed, operation)
    return changed


def _operations(body: object, most: int) -> list[Operation]:
    """An empty list is no error: Microsoft's validator sends one first (P24). `schemas` may be missing (P26)."""
    if not isinstance(body, dict):
        raise errors.invalid_syntax(f"Expected a PatchOp, a JSON object; received {type_name(body)}.")
    sent = canonical(body, "the PatchOp").get("operations")
    if not isinstance(sent, list):
        raise errors.invalid_syntax(f"Expected an array of Operations; received {type_name(sent)}.")
    operations = [_operation(one) for one in sent[: most + 1]]
    if sum(map(_weight, operations)) > most:
        raise errors.too_large(f"Expected at most {most} operations in one request; received more.")
    return operations


def _operation(sent: object) -> Operation:
    if not isinstance(sent, dict):
        raise errors.invalid_syntax(f"Expected every operation as an object; received {type_name(sent)}.")
    members = canonical(sent, "an operation")
    verb, path, value = members.get("op"), members.get("path"), members.get("value")
    if not isinstance(verb, str) or verb.lower() not in _VERBS:
        raise errors.invalid_syntax(f"Expected 'add', 'replace' or 'remove' as op; received {quoted(verb)}.")
    if path is not None and not isinstance(path, str):
        raise errors.invalid_path(f"Expected a string as path; received {type_name(path)}.")
    return Operation(verb.lower(), (path or "").strip(), value, "value" in members)


def _weight(operation: Operation) -> int:
    """Without a path, each attribute counts as an operation."""
    value = operation.value
    if not isinstance(value, dict) or (operation.path and not named_schema(operation.path)):
        return 1
    nested = (len(inner) for key, inner in value.items() if isinstance(inner, dict) and named_schema(key))
    return max(1, len(value)) + sum(nested)


def _carry_out(document: Document, operation: Operation) -> None:
    schema = named_schema(operation.path)
    if operation.verb == "remove":
        _remove(document, operation, schema)
    elif not operation.has_value:
        raise errors.invalid_value(f"Expected a value to {operation.verb}; received none.")
    elif not operation.path or schema:
        _set_each(document, operation.verb, operation.value, schema)
    elif found := target(operation.path):
        _check_writable(found)
        _set(document, operation.verb, found, operation.value)
    elif extensions.is_named(operation.path):
        extensions.change(document, operation.verb, operation.path, operation.value)


def _remove(document: Document, operation: Operation, schema: str) -> None:
    if not operation.path or schema == CORE:
        raise errors.no_target("Expected the path of an attribute to remove; received none.")
    if schema == ENTERPRISE:
        document.pop(ENTERPRISE, None)
    elif found := target(operation.path):
        _check_writable(found)
        if found.attribute.name in _NEVER_ABSENT:
            raise errors.mutability(f"Expected {found.attribute.name} to be replaced; it cannot be removed.")
        _clear(document, found, operation.value)
    elif extensions.is_named(operation.path):
        extensions.change(document, "remove", operation.path, None)


def _set_each(document: Document, verb: str, value: object, schema: str) -> None:
    """Without a path each key is one (P01, P15, P16). A resource sent back as it was read is no attempt on its id."""
    if not isinstance(value, dict):
        raise errors.invalid_value(f"Expected an object of attributes as value; received {type_name(value)}.")
    for key, item in value.items():
        nested = "" if schema else named_schema(key)
        found = None if nested else _target_of_key(key, schema)
        if nested:
            _set_each(document, verb, item, nested)
        elif found and found.attribute.mutability != "readOnly":
            _set(document, verb, found, item)
        elif found and found.attribute.name == "id" and item != document.get("id"):
            _check_writable(found)
        elif not found and extensions.is_named(path := f"{schema}:{key}" if schema else key):
            extensions.change(document, verb, path, item)


def _target_of_key(key: str, schema: str) -> Target | None:
    try:
        return target(f"{schema}:{key}" if schema else key)
    except ScimError:
        return None


def _check_writable(found: Target) -> None:
    if found.attribute.mutability == "readOnly":
        raise errors.mutability(f"Expected no change of {found.attribute.name}, which Torque alone sets.")


def _set(document: Document, verb: str, found: Target, value: Any) -> None:
    attribute = found.attribute
    if value is None:
        if verb == "replace" and attribute.name in _NEVER_ABSENT:
            raise errors.invalid_value(f"Expected a value for {attribute.name}; received null.")
        if verb == "replace":
            _clear(document, found, None)
        return
    around = _around(document, found)
    if attribute.multi_valued:
        around[attribute.key] = _change_entries(around.get(attribute.key) or [], verb, found, value)
    elif found.part:
        members = {**(around.get(attribute.key) or {}), found.part.key: read(found.part, value)}
        around[attribute.key] = {name: part for name, part in members.items() if not is_empty(part)}
    elif attribute.type == "complex":
        around[attribute.key] = _merged(found, around.get(attribute.key) or {}, value)
    else:
        around[attribute.key] = _read_single(found, value)


def _read_single(found: Target, value: Any) -> Any:
    given = read(found.attribute, value)
    if given == "" and found.attribute.name in _NEVER_ABSENT:
        raise errors.invalid_value(f"Expected a value for {found.attribute.name}; received an empty one.")
    return given


def _merged(found: Target, held: Document, value: Any) -> Document:
    """What is not named stays, null goes (P16). A reference is one thing: another manager has another name."""
    given = read(found.attribute, value) or {}
    parts = parts_by_name(found.attribute)
    if "value" in parts:
        return given
    sent = canonical(value, found.attribute.name)
    nulls = {parts[name].key for name, part in sent.items() if name in parts and is_empty(part)}
    return {name: part for name, part in {**held, **given}.items() if name not in nulls}


def _clear(document: Document, found: Target, value: Any) -> None:
    """What is absent already may be removed (P17)."""
    attribute, around = found.attribute, _around(document, found)
    if attribute.multi_valued:
        around[attribute.key] = _change_entries(around.get(attribute.key) or [], "remove", found, value)
    elif found.part:
        (around.get(attribute.key) or {}).pop(found.part.key, None)
    elif attribute.name == "externalId":
        around[attribute.key] = ""  # said to be none; absent would mean that nothing was said of it
    else:
        around.pop(attribute.key, None)


def _around(document: Document, found: Target) -> Document:
    """The object in which the attribute stands."""
    if found.attribute.schema != ENTERPRISE:
        return document
    extension: Document = document.setdefault(ENTERPRISE, {})
    return extension


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copied(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_copied(entry) for entry in value]
    return value


# Attributes that are lists of objects: e-mails, phone numbers, addresses (P09 to P12, P18).


def _change_entries(held: list[Entry], verb: str, found: Target, value: Any) -> list[Entry]:
    """The list after one operation. Raises ScimError."""
    if found.where is None and found.part is None:
        entries = _change_list(held, verb, found.attribute, value)
    else:
        entries = _change_chosen(held, verb, found, value)
    check_count(found.attribute, entries)
    return without_repeats(entries)


def _change_chosen(held: list[Entry], verb: str, found: Target, value: Any) -> list[Entry]:
    chosen = [entry for entry in held if found.where is None or matches(entry, found.where)]
    if verb == "remove":
        return _without_chosen(held, chosen, found.part)
    if not chosen:
        chosen = [_new_entry(found)]
        held = [*held, *chosen]
    for entry in chosen:
        _set_members(entry, found, value)
    _keep_one_primary(held, chosen)
    return held


def _change_list(held: list[Entry], verb: str, attribute: Attribute, value: Any) -> list[Entry]:
    if verb == "remove":
        return _without_sent(held, value)
    given: list[Entry] = read(attribute, value) or []
    if verb == "replace":
        return given
    added = [entry for entry in given if entry not in held]
    entries = [*(entry for entry in held if not _is_repeated(entry, added)), *added]
    _keep_one_primary(entries, added)
    return entries


def _is_repeated(entry: Entry, added: list[Entry]) -> bool:
    """RFC 7644 section 3.5.2.1: a value that is there already is not added once more."""
    return any(same_value(entry, other) and entry.get("type") == other.get("type") for other in added)


def _without_sent(held: list[Entry], value: Any) -> list[Entry]:
    """Entra says in a value which entries go; without one, all do."""
    unwanted = [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
    values = {fold(entry["value"]) for entry in unwanted if isinstance(entry.get("value"), str)}
    if values or not any(unwanted):
        return [entry for entry in held if fold(entry.get("value", "")) not in values] if values else []
    return [entry for entry in held if not any(one.items() <= entry.items() for one in unwanted if one)]


def _without_chosen(held: list[Entry], chosen: list[Entry], part: Attribute | None) -> list[Entry]:
    """An entry without its value says nothing, so it goes with it (P18)."""
    if part is None or part.key == "value":
        return [entry for entry in held if not any(entry is gone for gone in chosen)]
    for entry in chosen:
        entry.pop(part.key, None)
    return held


def _new_entry(found: Target) -> Entry:
    """The entry that the filter describes, if it may come into being by being written to (P09). Raises ScimError."""
    if found.where is None:
        return {"type": "work"} if found.attribute.name == "emails" else {}
    members, parts = described(found.where) or {}, parts_by_name(found.attribute)
    entry = {parts[name].key: read(parts[name], value) for name, value in members.items() if name in parts}
    # Entra's stock mapping writes numbers of any type, and its cycle stops at a refusal (P22); e-mails decide who
    # somebody is, so a filter that hits nothing is a mistake there.
    kinds = parts["type"].canonical_values
    if not members or (found.attribute.name == "emails" and entry.get("type", "").lower() not in kinds):
        raise errors.no_target(
            f"Expected {found.attribute.name} to hold an entry that the path's filter chooses; none of them does."
        )
    return {name: value for name, value in entry.items() if not is_empty(value)}


def _set_members(entry: Entry, found: Target, value: Any) -> None:
    if found.part:
        given = {found.part.key: read(found.part, value)}
    else:
        given = _read_members(found.attribute, value)
    entry.update(given)
    for name in [name for name, member in entry.items() if is_empty(member)]:
        del entry[name]


def _read_members(attribute: Attribute, value: Any) -> Entry:
    if isinstance(value, list):
        if len(value) != 1:
            raise errors.invalid_value(
                f"Expected one object for the chosen {attribute.name}; received {type_name(value)}."
            )
        value = value[0]
    return read_entry(attribute, value)


def _keep_one_primary(entries: list[Entry], changed: list[Entry]) -> None:
    """What was made primary last is it (P11)."""
    settle_primary(entries, next((entry for entry in changed if entry.get("primary")), None))
