"""PURE. `attributes` and `excludedAttributes`: what of a resource a client wants to see (RFC 7644 section 3.9)."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from scim.attributes import CORE
from scim.users import extensions

# Returned whatever was asked for (RFC 7643 section 7, `returned: always`).
_ALWAYS = frozenset({"schemas", "id"})

# An attribute and one part of it, in lower case; the part "" is all of it.
_Named = frozenset[tuple[str, str]]


def projected(resource: dict[str, Any], attributes: Sequence[str], excluded: Sequence[str]) -> dict[str, Any]:
    """The resource with nothing but `attributes`, or without `excluded`; names in any letter case, with or without URN.

    Names that nothing has are left alone. `attributes` wins where both are given.
    """
    named = _named(tuple(attributes or excluded))
    shown: dict[str, Any] = {}
    for name, value in resource.items():
        # What of it is named: nothing, some parts, or "" for all of it.
        parts = frozenset(part for attribute, part in named if attribute == name.lower())
        if name in _ALWAYS or ("" in parts if attributes else not parts):
            shown[name] = value
        elif parts and "" not in parts and (kept := _with_parts(value, parts, wanted=bool(attributes))):
            shown[name] = kept
    return shown


@lru_cache(maxsize=256)
def _named(names: tuple[str, ...]) -> _Named:
    return frozenset(map(_split, names))


def _split(name: str) -> tuple[str, str]:
    wanted = name.strip().lower()
    if wanted.startswith("urn:") and not wanted.startswith(f"{CORE.lower()}:"):
        # An extension is an object of its own; what is in it is shown or not as a whole attribute.
        urn, attribute = extensions.split(wanted)
        return urn, attribute.partition(".")[0]
    attribute, _, part = wanted.removeprefix(f"{CORE.lower()}:").partition(".")
    # Microsoft's collection asks for `emails[type eq "work"]`, which RFC 7644 does not know: all of it is shown.
    return attribute.partition("[")[0], part


def _with_parts(value: Any, parts: frozenset[str], *, wanted: bool) -> Any:
    """An object, or every object of a list, with only those parts or without them; a single value has no parts."""
    if isinstance(value, dict):
        return {name: part for name, part in value.items() if (name.lower() in parts) == wanted}
    if isinstance(value, list):
        return [kept for entry in value if (kept := _with_parts(entry, parts, wanted=wanted))]
    return None if wanted else value
