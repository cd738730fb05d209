"""PURE. The six rules that turn `space_name` and `space_role` into spaces with roles (`protocol.md` section 10).

M1 several spaces and only one role: reuse it. M2 several roles for one space: the first valid one. M3 unknown role:
Space Member. M4 more spaces than roles: Space Member for the extra ones. M5 more roles than spaces: the extra ones
are ignored. M6 unknown space: it is ignored together with its role. K1 to K11 are our readings where the rules are
silent.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from common.folding import fold, nfc

MEMBER_ROLE = "Space Member"

AttributeValue = str | Sequence[object] | None


@dataclass(frozen=True)
class Placement:
    space: str
    role: str


@dataclass(frozen=True)
class Assignment:
    """Each space once, in order of first appearance, with its role; and every decision made, as sentences."""

    placements: tuple[Placement, ...]
    decisions: tuple[str, ...]


@dataclass
class _Found:
    role: str | None = None
    refused: str | None = None  # the first role name that was sent for the space and is unknown


def assign(
    space_name: AttributeValue, space_role: AttributeValue, spaces: Iterable[str], roles: Iterable[str]
) -> Assignment:
    """Places a person by the two attributes as sent, given the names of the account's spaces and space roles."""
    asked_spaces, asked_roles = entries(space_name), entries(space_role)
    known_spaces, known_roles = Names(spaces), Names(roles)
    decisions: list[str] = []
    if len(asked_spaces) > 1 and len(asked_roles) == 1:
        decisions.append(f"One role for {len(asked_spaces)} spaces: role '{asked_roles[0]}' is used in all of them.")
        asked_roles = asked_roles * len(asked_spaces)
    found: dict[str, _Found] = {}
    for position, asked in enumerate(asked_spaces):
        space = known_spaces.find(asked)
        asked_role = asked_roles[position] if position < len(asked_roles) else None
        if space is None:
            decisions.append(_ignored_space(asked, asked_role))
            continue
        _add_role(found.setdefault(space, _Found()), space, asked_role, known_roles, decisions)
    if len(asked_roles) > len(asked_spaces):
        extra = ", ".join(f"'{role}'" for role in asked_roles[len(asked_spaces) :])
        decisions.append(f"More roles than spaces: {extra} ignored.")
    placements = tuple(_place(space, entry, decisions) for space, entry in found.items())
    return Assignment(placements, tuple(decisions))


def entries(value: AttributeValue) -> list[str]:
    """The comma-separated entries of an attribute: trimmed, NFC, empty ones dropped at the end only (K3, K5, K6)."""
    texts = [value] if isinstance(value, str) else [item for item in value or () if isinstance(item, str)]
    found = [nfc(entry.strip()) for text in texts for entry in text.split(",")]
    while found and not found[-1]:
        found.pop()
    return found


class Names:
    """Finds a name as spelled, else the only one that differs by letter case (K4)."""

    def __init__(self, known: Iterable[str]) -> None:
        self._exact = {nfc(name): name for name in known}
        self._folded: dict[str, list[str]] = {}
        for name in self._exact.values():
            self._folded.setdefault(fold(name), []).append(name)

    def find(self, asked: str) -> str | None:
        if asked in self._exact:
            return self._exact[asked]
        candidates = self._folded.get(fold(asked), [])
        return candidates[0] if asked and len(candidates) == 1 else None


def _add_role(entry: _Found, space: str, asked: str | None, known: Names, decisions: list[str]) -> None:
    role = known.find(asked) if asked else None
    if entry.role is not None:
        if asked:
            decisions.append(f"Space '{space}' is named again: its first valid role '{entry.role}' stays.")
    elif role is not None:
        entry.role = role
    elif asked and entry.refused is None:
        entry.refused = asked


def _place(space: str, entry: _Found, decisions: list[str]) -> Placement:
    if entry.role is not None:
        return Placement(space, entry.role)
    if entry.refused is not None:
        decisions.append(f"Role '{entry.refused}' is no space role here: '{MEMBER_ROLE}' in space '{space}' instead.")
    else:
        decisions.append(f"No role was sent for space '{space}': '{MEMBER_ROLE}'.")
    return Placement(space, MEMBER_ROLE)


_IGNORED_SPACE = re.compile(r"Space '(.+)' does not exist here: ignored")


def ignored_space(decision: str) -> str | None:
    """The name that a decision says was ignored, if it is one of those."""
    found = _IGNORED_SPACE.match(decision)
    return found[1] if found else None


def _ignored_space(asked: str, role: str | None) -> str:
    name = f"Space '{asked}' does not exist here" if asked else "An empty space name"
    return f"{name}: ignored" + (f" together with role '{role}'." if role else ".")
