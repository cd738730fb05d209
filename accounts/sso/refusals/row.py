"""PURE. One row of the catalogue of refusals."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class Side(StrEnum):
    """Who has to change something before the same login can succeed. The values are stored."""

    IDENTITY_PROVIDER = "identity provider"
    TORQUE = "Torque"
    USER = "the person signing in"


_WHO_ACTS: Mapping[str, str] = {
    Side.IDENTITY_PROVIDER: "An admin of the identity provider needs to act.",
    Side.TORQUE: "An admin of Torque needs to act.",
    Side.USER: "The user needs to act.",
}


def who_acts(side: str) -> str:
    """A side, as it is stored, as a sentence."""
    return _WHO_ACTS.get(side, "")


class Part(StrEnum):
    """Parts of a login, in order. The values are stored."""

    REQUEST = "Request"
    ANSWER = "Answer"
    SIGNATURE = "Signature"
    CONDITIONS = "Conditions"
    PERSON = "Person"
    PROFILE = "Profile"
    RIGHTS = "Spaces and roles"
    GROUPS = "Groups"
    SESSION = "Session"


@dataclass(frozen=True)
class Row:
    """What is known of a refusal before it happens.

    `side` and `next_step` are defaults: the place that raises may know better, and gives the step where it depends on
    values. `setting`: what has to be changed in the identity provider's console (`consoles`); empty: nothing there.
    `text`: what the user reads; empty: the usual text of the side.
    """

    code: str
    next_step: str = ""
    setting: str = ""
    text: str = ""
    side: Side = Side.IDENTITY_PROVIDER
    part: Part = Part.REQUEST


def of(part: Part, *rows: Row) -> tuple[Row, ...]:
    """The rows of one part."""
    return tuple(replace(row, part=part) for row in rows)
