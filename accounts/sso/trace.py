"""PURE. What an attempt to sign in went through, step by step, so that an admin can see why it ended as it did.

Who begins an attempt makes a `Trace` and hands it down; each check adds its step when it passes
(`docs/decisions/0031`). Nothing in it may be a token, a secret, or the value of an attribute that is not used.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from accounts.sso.refusal import LoginRefused
from accounts.sso.refusals.catalogue import part_of
from accounts.sso.refusals.row import Part

AUDIENCE = "Audience"  # begins the sentence of that check
_LARGEST_DIFFERENCE = 32_767  # seconds that a column of this size holds: nine hours
_ORDER = tuple(Part)
_AFTER_THE_MESSAGE = _ORDER[_ORDER.index(Part.PERSON) :]


class Mark(StrEnum):
    PASSED = "passed"
    NOTED = "noted"  # not what the IdP asked for, or worth a look
    FAILED = "failed"


@dataclass(frozen=True)
class Step:
    part: Part
    mark: Mark
    sentence: str
    expected: str = ""
    received: str = ""
    side: str = ""  # of a failed step: who has to change something
    next_step: str = ""
    code: str = ""

    def as_json(self) -> dict[str, str]:
        return {name: str(value) for name, value in asdict(self).items() if value}


@dataclass
class Trace:
    """`attributes`: what arrived, by the IdP's names; `message`: the message decoded, both with secrets masked.

    `clock_difference`: seconds that the provider's clock is ahead of ours, less what the message took to arrive.
    """

    beginning: str = "here"
    steps: list[Step] = field(default_factory=list)
    attributes: dict[str, list[str]] = field(default_factory=dict)
    message: str = ""
    clock_difference: int | None = None

    def passed(self, part: Part, check: str, expected: str = "", received: str = "") -> None:
        self.steps.append(Step(part, Mark.PASSED, check, expected, received))

    def add(self, part: Part, sentences: Iterable[str], mark: Mark = Mark.PASSED) -> None:
        self.steps.extend(Step(part, mark, sentence) for sentence in sentences)

    def clocks(self, issued_at: datetime, now: datetime) -> None:
        """When a signed message says that it was issued, and our clock as it is read."""
        seconds = round((issued_at - now).total_seconds())
        self.clock_difference = max(-_LARGEST_DIFFERENCE, min(seconds, _LARGEST_DIFFERENCE))

    def failed(self, refusal: LoginRefused) -> None:
        """The last step, in the part of the refusal, but never before a part that was reached already."""
        part = part_of(refusal.code)
        if self.steps and _ORDER.index(self.steps[-1].part) > _ORDER.index(part):
            part = self.steps[-1].part
        self.steps.append(
            Step(
                part,
                Mark.FAILED,
                "Refused.",
                refusal.expected,
                refusal.received,
                refusal.side,
                refusal.next_step,
                refusal.code,
            )
        )

    def for_record(self) -> dict[str, Any]:
        """The fields of a login record."""
        return {
            "steps": [step.as_json() for step in self.steps],
            "attributes": self.attributes,
            "message": self.message,
            "beginning": self.beginning,
            "clock_difference": self.clock_difference,
        }


def message_was_verified(steps: Iterable[Mapping[str, str]]) -> bool:
    """Whether a recorded attempt verified the whole message: what refused it came after the message's own checks."""
    kept = list(steps)
    ended = next((step.get("part", "") for step in kept if step.get("mark") == Mark.FAILED), Part.SESSION)
    signature = {step.get("mark") for step in kept if step.get("part") == Part.SIGNATURE}
    is_for_us = any(step.get("sentence", "").startswith(AUDIENCE) for step in kept if step.get("mark") == Mark.PASSED)
    return signature == {Mark.PASSED} and is_for_us and ended in _AFTER_THE_MESSAGE
