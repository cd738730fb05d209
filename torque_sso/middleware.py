"""Session lifetime and cache headers."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse

from accounts import sessions


class SessionLifetimeMiddleware:
    """End a session that has no row, was ended, is idle or expired (`accounts.sessions`).

    Requests without a session cookie (anonymous ones, and programs with a token) cost no query.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return self.get_response(request)
        if SESSION_KEY in request.session and not sessions.check(request):
            logout(request)
        response = self.get_response(request)
        sessions.follow_key(request)
        return response


class NoStoreMiddleware:
    """Keep responses out of every cache (R51), unless a view says otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response
