"""How fast one program may ask (R55)."""

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.models import ApiToken
from torque_sso import rates
from torque_sso.client_address import client_address


class ProgramRate(BaseThrottle):  # type: ignore[misc]
    """Of one token, of one session's person, or of one address. Django REST framework answers 429 with Retry-After."""

    def allow_request(self, request: Request, view: object) -> bool:
        by = request.auth.pk if isinstance(request.auth, ApiToken) else request.user.pk or client_address(request)
        self._seconds = rates.wait(f"api:{by}", settings.API_REQUESTS_PER_SECOND, settings.API_BURST)
        return not self._seconds

    def wait(self) -> float:
        return self._seconds
