"""How fast one program may ask (R55)."""

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.models import ApiToken
from accounts.rate_limits import seconds_to_wait
from common import rates


class ProgramRate(BaseThrottle):  # type: ignore[misc]
    """Of one token, of one session's person, or of one address. Django REST framework answers 429 with Retry-After."""

    def allow_request(self, request: Request, view: object) -> bool:
        by = request.auth.pk if isinstance(request.auth, ApiToken) else request.user.pk
        self._seconds = _wait(str(by)) if by else seconds_of_anonymous(request)
        return not self._seconds

    def wait(self) -> float:
        return self._seconds


def seconds_of_anonymous(request: Request) -> float:
    """Of an address that brings neither a live token nor a session: 0, or the seconds until it may ask again."""
    return seconds_to_wait(request._request, "API")


def _wait(by: str) -> float:
    return rates.wait(f"api:{by}", settings.API_REQUESTS_PER_SECOND, settings.API_BURST)
