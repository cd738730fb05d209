"""PURE. PATCH (RFC 7644 section 3.5.2) the way Okta and Entra send it: `protocol.md` rows P01 to P30.

Works on plain dicts, because typed models cost more than everything else in the request (docs/decisions/0006); the
grammar of paths is scim2-models'. A single value is set by "add" and "replace" alike; what
names nothing that is kept is accepted and ignored, because a refusal stops the person's synchronisation (P22).
"""

from dataclasses import dataclass
from typing import Any

from scim import errors
from scim.attributes import CORE, ENTERPRISE
from scim.errors import ScimError, quoted, type_name
from scim.patch.lists import change_entries
from scim.patch.paths import Target, named_schema, target
from scim.users import extensions
from scim.users.values import canonical, is_empty, parts_by_name, read

Document = dict[str, Any]

_VERBS = frozenset({"add", "replace", "remove"})

# They say what every person has: replaced, never removed.
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
        around[attribute.key] = change_entries(around.get(attribute.key) or [], verb, found, value)
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
        around[attribute.key] = change_entries(around.get(attribute.key) or [], "remove", found, value)
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
