"""Session lifetime, cache headers, and log lines of a request."""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin
from django_structlog.middlewares import RequestMiddleware

from accounts import sessions
from common.http.client_address import client_address
from scim.fast_path import request_id
from torque_sso.logging import without_tokens


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


class NoStoreMiddleware(MiddlewareMixin):
    """Keep responses out of every cache (R51), unless a view says otherwise."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class RequestLogMiddleware(RequestMiddleware):
    """Log requests: enough to follow them, nothing that gives access (R60).

    Without their query: OIDC responses carry `code` and `state` there, sign-in pages an e-mail. A request ID from
    outside counts only if the audit log can store it.
    """

    def prepare(self, request: HttpRequest) -> None:
        request.META["HTTP_X_REQUEST_ID"] = request_id(request)
        super().prepare(request)

    @classmethod
    def bind_ip(cls, request: HttpRequest) -> None:
        structlog.contextvars.bind_contextvars(ip=client_address(request))

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {without_tokens(request.path)}"
