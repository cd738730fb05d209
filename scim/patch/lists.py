"""PURE. PATCH on attributes that are lists of objects: e-mails and phone numbers (P09 to P12, P18)."""

from typing import Any

from common.folding import fold
from scim.attributes import Attribute
from scim.errors import invalid_value, no_target, type_name
from scim.patch.paths import Entry, Target, described, matches
from scim.users.values import check_count, is_empty, parts_by_name, read, read_entry, settle_primary, without_repeats


def change_entries(held: list[Entry], verb: str, found: Target, value: Any) -> list[Entry]:
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
        return _remove_from(held, chosen, found.part)
    if not chosen:
        chosen = [_new_entry(found)]
        held = [*held, *chosen]
    for entry in chosen:
        _set_members(entry, found, value)
    _keep_one_primary(held, chosen)
    return held


def _change_list(held: list[Entry], verb: str, attribute: Attribute, value: Any) -> list[Entry]:
    if verb == "remove":
        return _without(held, value)
    given: list[Entry] = read(attribute, value) or []
    if verb == "replace":
        return given
    added = [entry for entry in given if entry not in held]
    entries = [*(entry for entry in held if not _is_repeated(entry, added)), *added]
    _keep_one_primary(entries, added)
    return entries


def _is_repeated(entry: Entry, added: list[Entry]) -> bool:
    """RFC 7644 section 3.5.2.1: a value that is there already is not added once more."""
    return any(_same_value(entry, other) and entry.get("type") == other.get("type") for other in added)


def _same_value(one: Entry, other: Entry) -> bool:
    """Addresses have no value: they are the same if all of them is."""
    if "value" not in one or "value" not in other:
        return one == other
    return fold(one["value"]) == fold(other["value"])


def _without(held: list[Entry], value: Any) -> list[Entry]:
    """Entra says in a value which entries go; without one, all do."""
    unwanted = [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
    values = {fold(entry["value"]) for entry in unwanted if isinstance(entry.get("value"), str)}
    if values or not any(unwanted):
        return [entry for entry in held if fold(entry.get("value", "")) not in values] if values else []
    return [entry for entry in held if not any(one.items() <= entry.items() for one in unwanted if one)]


def _remove_from(held: list[Entry], chosen: list[Entry], part: Attribute | None) -> list[Entry]:
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
        raise no_target(
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
            raise invalid_value(f"Expected one object for the chosen {attribute.name}; received {type_name(value)}.")
        value = value[0]
    return read_entry(attribute, value)


def _keep_one_primary(entries: list[Entry], changed: list[Entry]) -> None:
    """What was made primary last is it (P11)."""
    settle_primary(entries, next((entry for entry in changed if entry.get("primary")), None))
