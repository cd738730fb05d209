"""PURE. Why a login was refused: what was expected, what came, which side must change, where."""

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """Who has to change something before the same login can succeed."""

    IDENTITY_PROVIDER = "identity provider"
    TORQUE = "Torque"
    PERSON = "the person signing in"


@dataclass(eq=False)  # not frozen: a context manager has to be able to set `__traceback__` while it passes
class LoginRefused(Exception):
    """A login that must not succeed.

    `code` is stable and machine-readable (`saml-audience`); the other fields are written for the account admin and
    hold no assertion, token or secret. The person signing in never sees them, only a reference to them.
    """

    code: str
    expected: str
    received: str
    side: Side
    next_step: str = ""

    def __post_init__(self) -> None:
        # Both quote what came from outside, and what PostgreSQL cannot hold would turn the refusal into an error.
        self.expected, self.received = _kept(self.expected), _kept(self.received)

    def __str__(self) -> str:
        step = f" {self.next_step}" if self.next_step else ""
        return f"Expected {self.expected}; received {self.received}. To change on the side of: {self.side}.{step}"


def _kept(text: str) -> str:
    """Without NUL characters and half surrogate pairs."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
