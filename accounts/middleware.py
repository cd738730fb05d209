"""What holds for every request of a session."""

from collections.abc import Callable
from datetime import datetime

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

SESSION_ENDS_AT = "ends_at"  # ISO time in the session: the IdP's SessionNotOnOrAfter (`protocol.md` 8.4 check 14)


class SessionLifetimeMiddleware:
    """Ends a session when the IdP said it ends, whatever the cookie's own lifetime."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        ends_at = request.session.get(SESSION_ENDS_AT)
        if ends_at and datetime.fromisoformat(ends_at) <= timezone.now():
            logout(request)
        return self.get_response(request)


class NoStoreMiddleware:
    """Keeps what is answered to people and programs out of every cache (R51), unless a view says otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response
