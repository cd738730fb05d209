"""A login that needs a secret which no present key decrypts is refused, and not a server error."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from accounts.connections import unreadable_secrets
from accounts.sso.refusal import LoginRefused
from common.encryption import UnreadableSecret

P = ParamSpec("P")
R = TypeVar("R")


def refusing_unreadable(step: Callable[P, R]) -> Callable[P, R]:
    """The same step of a login, which raises LoginRefused where it raised UnreadableSecret."""

    @wraps(step)
    def with_secrets(*args: P.args, **named: P.kwargs) -> R:
        try:
            return step(*args, **named)
        except UnreadableSecret as lost:
            what = unreadable_secrets.what(lost)
            raise LoginRefused(
                "secret-unreadable",
                f"a {what} that the encryption keys of this installation decrypt",
                f"one that they do not ({lost})",
                unreadable_secrets.to_do(lost),
            ) from None

    return with_secrets
