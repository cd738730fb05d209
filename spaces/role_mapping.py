"""PURE. The six rules that turn `space_name` and `space_role` into spaces with roles (`protocol.md` section 10).

M1 several spaces and only one role: reuse it. M2 several roles for one space: the first valid one. M3 unknown role:
Space Member. M4 more spaces than roles: Space Member for the extra ones. M5 more roles than spaces: the extra ones
are ignored. M6 unknown space: it is ignored together with its role. K1 to K11 are our readings where the rules are
silent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from common.folding import fold, nfc

MEMBER_ROLE = "Space Member"

AttributeValue = str | Sequence[object] | None


@dataclass(frozen=True)
class Placement:
    space: str
    role: str


class Code(StrEnum):
    """Decisions of the rules, and below of applying them; `mapping_words` has a sentence for each."""

    ROLE_REUSED = "role-reused"  # M1: `role` in all `count` spaces
    SPACE_REPEATED = "space-repeated"  # M2
    ROLE_UNKNOWN = "role-unknown"  # M3: `role` as sent
    ROLE_MISSING = "role-missing"  # M4
    ROLES_IGNORED = "roles-ignored"  # M5: `roles` as sent
    SPACE_UNKNOWN = "space-unknown"  # M6: `space` and `role` as sent, either may be empty
    LEFT_ALONE = "left-alone"  # K8: no usable space, not a first login
    DEFAULT_USED = "default-used"  # K9
    NO_DEFAULT = "no-default"
    ADDED = "added"
    MANUAL_KEPT = "manual-kept"  # K10: `before` stays, `role` was asked for
    ROLE_CHANGED = "role-changed"  # from `before`
    REMOVED = "removed"


@dataclass(frozen=True)
class Decision:
    code: Code
    space: str = ""
    role: str = ""
    before: str = ""
    roles: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True)
class Assignment:
    """Each space once, in order of first appearance, with its role; and every decision made."""

    placements: tuple[Placement, ...]
    decisions: tuple[Decision, ...]


@dataclass
class _Found:
    role: str | None = None
    refused: str | None = None  # the first role name that was sent for the space and is unknown


def assign(
    space_name: AttributeValue, space_role: AttributeValue, spaces: Iterable[str], roles: Iterable[str]
) -> Assignment:
    """Map the two attributes as sent to known spaces and roles, by the names that the account has."""
    asked_spaces, asked_roles = entries(space_name), entries(space_role)
    known_spaces, known_roles = Names(spaces), Names(roles)
    decisions: list[Decision] = []
    if len(asked_spaces) > 1 and len(asked_roles) == 1:
        decisions.append(Decision(Code.ROLE_REUSED, role=asked_roles[0], count=len(asked_spaces)))
        asked_roles = asked_roles * len(asked_spaces)
    found: dict[str, _Found] = {}
    for position, asked in enumerate(asked_spaces):
        space = known_spaces.find(asked)
        asked_role = asked_roles[position] if position < len(asked_roles) else None
        if space is None:
            decisions.append(Decision(Code.SPACE_UNKNOWN, asked, asked_role or ""))
            continue
        _add_role(found.setdefault(space, _Found()), space, asked_role, known_roles, decisions)
    if len(asked_roles) > len(asked_spaces):
        decisions.append(Decision(Code.ROLES_IGNORED, roles=tuple(asked_roles[len(asked_spaces) :])))
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


def _add_role(entry: _Found, space: str, asked: str | None, known: Names, decisions: list[Decision]) -> None:
    role = known.find(asked) if asked else None
    if entry.role is not None:
        if asked:
            decisions.append(Decision(Code.SPACE_REPEATED, space, entry.role))
    elif role is not None:
        entry.role = role
    elif asked and entry.refused is None:
        entry.refused = asked


def _place(space: str, entry: _Found, decisions: list[Decision]) -> Placement:
    if entry.role is not None:
        return Placement(space, entry.role)
    if entry.refused is not None:
        decisions.append(Decision(Code.ROLE_UNKNOWN, space, entry.refused))
    else:
        decisions.append(Decision(Code.ROLE_MISSING, space))
    return Placement(space, MEMBER_ROLE)
