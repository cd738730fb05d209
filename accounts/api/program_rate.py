"""How fast one program may ask (R55)."""

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.models import ApiToken
from accounts.rate_limits import wait_at
from torque_sso.client_address import client_address


class ProgramRate(BaseThrottle):  # type: ignore[misc]
    """Of one token; of one address for who brings none. Django REST framework answers 429 with Retry-After."""

    def allow_request(self, request: Request, view: object) -> bool:
        token = request.auth if isinstance(request.auth, ApiToken) else None
        self._seconds = wait_at("api", token.pk if token else client_address(request))
        return not self._seconds

    def wait(self) -> float:
        return self._seconds
