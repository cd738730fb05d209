"""The API token in the Authorization header, which alone decides the account (C02, C05 to C08, R34), and its rate.

One token may ask SCIM_BURST times at once, and SCIM_REQUESTS_PER_SECOND times over time (R55, C12).
"""

import math
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from accounts import rate_limits
from accounts.models import ApiToken
from accounts.models.token import TokenKind
from accounts.permissions import Permission
from accounts.tokens import tokens
from common import rates
from scim import errors
from scim.errors import ScimError

# The word is typed by hand into some connectors, so it comes once, twice or not at all (C05, C06).
_SCHEME = "bearer"


class TooManyRequests(ScimError):
    """429 with `Retry-After` in whole seconds."""

    def __init__(self, wait: float, whose: str = "of one token") -> None:
        self.retry_after = max(1, math.ceil(wait))
        rate = settings.SCIM_REQUESTS_PER_SECOND
        super().__init__(
            429,
            "",
            f"Expected at most {rate} requests a second {whose} over time; received more."
            f" Ask again after {self.retry_after} s.",
        )


def authenticate(request: HttpRequest) -> ApiToken:
    """Return the live token of the request, which may manage users. Raises ScimError 401, 403 or 429. One query."""
    text = token_text(request.headers.get("Authorization", ""))
    token = tokens.find_live(text) if text else None
    # A short token is somebody's login: provisioning would end with it within the hour.
    if token is None or token.kind == TokenKind.SHORT:
        _check_rate_of_stranger(request)
        received = "one that is unknown, expired, revoked or the short token of a login" if text else "none"
        raise errors.unauthorized(
            f"Expected a live API token in the Authorization header; received {received}."
            " Copy a token of Torque into the identity provider."
        )
    if not tokens.permits(token, Permission.MANAGE_USERS):
        raise errors.forbidden(
            f"Expected a token with the permission '{Permission.MANAGE_USERS}'; the token '{token.name}' lacks it."
            " Use another token, or have an account admin make one."
        )
    return token


def token_text(header: str) -> str:
    """The token of an Authorization header, without any word Bearer in front."""
    words = header.split()
    while words and words[0].lower() == _SCHEME:
        words = words[1:]
    return words[0] if len(words) == 1 else ""


def check_rate(token_id: UUID) -> None:
    """Takes one request out of the token's bucket. Raises TooManyRequests."""
    wait = rates.wait(f"scim:{token_id}", settings.SCIM_REQUESTS_PER_SECOND, settings.SCIM_BURST)
    if wait > 0:
        raise TooManyRequests(wait)


def _check_rate_of_stranger(request: HttpRequest) -> None:
    """Takes one request out of the bucket of an address that brings no live token. Raises TooManyRequests."""
    wait = rate_limits.seconds_to_wait(request, "SCIM")
    if wait:
        raise TooManyRequests(wait, "of one address without a live token")
