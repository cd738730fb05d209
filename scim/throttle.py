"""How fast one token may ask (R55, C12). Full: SCIM_BURST; refilled: SCIM_REQUESTS_PER_SECOND."""

import math
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from accounts import rate_limits
from common import rates
from scim.errors import ScimError


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


def check(token_id: UUID) -> None:
    """Takes one request out of the token's bucket. Raises TooManyRequests."""
    wait = rates.wait(f"scim:{token_id}", settings.SCIM_REQUESTS_PER_SECOND, settings.SCIM_BURST)
    if wait > 0:
        raise TooManyRequests(wait)


def check_stranger(request: HttpRequest) -> None:
    """Takes one request out of the bucket of an address that brings no live token. Raises TooManyRequests."""
    wait = rate_limits.seconds_to_wait(request, "SCIM")
    if wait:
        raise TooManyRequests(wait, "of one address without a live token")
