"""PURE. Why a login was refused: what was expected, what was received, which side must change something, and what."""

from accounts.sso.refusals.catalogue import CATALOGUE
from accounts.sso.refusals.row import Side, who_acts
from common.texts import storable


class LoginRefused(Exception):
    """A login that must not succeed.

    `code`: of the catalogue, whose row gives side and next step where they are not given here. `expected` and
    `received` are written for the account admin and hold no assertion, token or secret. The user never sees them, only
    a reference to them.
    """

    def __init__(
        self, code: str, expected: str, received: str, next_step: str = "", *, side: Side | None = None
    ) -> None:
        super().__init__(code, expected, received)
        row = CATALOGUE[code]
        self.code = code
        # Both quote text from outside, and what PostgreSQL cannot hold would turn the refusal into an error.
        self.expected, self.received = storable(expected), storable(received)
        self.next_step = next_step or row.next_step
        self.side = side or row.side

    def __str__(self) -> str:
        step = f" {self.next_step}" if self.next_step else ""
        return f"Expected {self.expected}; received {self.received}. {who_acts(self.side)}{step}"
