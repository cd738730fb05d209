"""PURE. What an attempt to sign in went through, step by step, so that an admin can see why it went as it did.

Checks note here what they expected and received when they pass; a refusal says the same by itself. Notes are kept for
the attempt that is being recorded in this thread; without one (a logout message, a test of a check) they go nowhere.
Nothing noted may hold a token, a secret, or the value of an attribute that is not used.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from accounts.sso.refusal import LoginRefused
from accounts.sso.refusals.catalogue import part_of
from accounts.sso.refusals.row import Part

AUDIENCE = "Audience"  # begins the sentence of that check


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
class Timeline:
    """`attributes`: what arrived, by the IdP's names; `message`: the message decoded, both with secrets masked.

    `clock_difference`: seconds that the provider's clock is ahead of ours, less what the message took to come.
    """

    steps: list[Step] = field(default_factory=list)
    attributes: dict[str, list[str]] = field(default_factory=dict)
    message: str = ""
    beginning: str = "here"
    clock_difference: int | None = None

    def kept(self) -> dict[str, Any]:
        """The fields of a login record."""
        steps = [step.as_json() for step in self.steps]
        return {
            "steps": steps,
            "attributes": self.attributes,
            "message": self.message,
            "beginning": self.beginning,
            "clock_difference": self.clock_difference,
        }


_current: ContextVar[Timeline | None] = ContextVar("timeline", default=None)


@contextmanager
def recording() -> Iterator[Timeline]:
    """Everything noted inside is of one attempt."""
    timeline = Timeline()
    token = _current.set(timeline)
    try:
        yield timeline
    finally:
        _current.reset(token)


def current() -> Timeline:
    """The attempt being recorded; one that nobody keeps when there is none."""
    return _current.get() or Timeline()


def is_recording() -> bool:
    return _current.get() is not None


def passed(part: Part, sentence: str, expected: str = "", received: str = "") -> None:
    current().steps.append(Step(part, Mark.PASSED, sentence, expected, received))


def noted(part: Part, sentence: str) -> None:
    current().steps.append(Step(part, Mark.NOTED, sentence))


def clocks(issued_at: datetime, now: datetime) -> None:
    """When a signed message says that it was issued, and our clock as it is read."""
    seconds = round((issued_at - now).total_seconds())
    current().clock_difference = max(-_LARGEST_DIFFERENCE, min(seconds, _LARGEST_DIFFERENCE))


_LARGEST_DIFFERENCE = 32_767  # what a column of this size holds: nine hours


def told(part: Part, sentences: Iterable[str], mark: Mark = Mark.PASSED) -> None:
    current().steps.extend(Step(part, mark, sentence) for sentence in sentences)


def failed(refusal: LoginRefused) -> None:
    """Where it ended: at the check that refused, by the code of the refusal; never before what had passed already."""
    steps = current().steps
    part = part_of(refusal.code)
    if steps and _ORDER.index(steps[-1].part) > _ORDER.index(part):
        part = steps[-1].part
    step = Step(
        part,
        Mark.FAILED,
        "Refused.",
        refusal.expected,
        refusal.received,
        str(refusal.side),
        refusal.next_step,
        refusal.code,
    )
    steps.append(step)


def message_was_verified(steps: Iterable[Mapping[str, str]]) -> bool:
    """Whether a recorded attempt verified the whole message: what refused it came after the message's own checks."""
    kept = list(steps)
    ended = next((step.get("part", "") for step in kept if step.get("mark") == Mark.FAILED), Part.SESSION)
    signature = {step.get("mark") for step in kept if step.get("part") == Part.SIGNATURE}
    is_for_us = any(step.get("sentence", "").startswith(AUDIENCE) for step in kept if step.get("mark") == Mark.PASSED)
    return signature == {Mark.PASSED} and is_for_us and ended in _AFTER_THE_MESSAGE


_ORDER = tuple(Part)
_AFTER_THE_MESSAGE = _ORDER[_ORDER.index(Part.PERSON) :]
