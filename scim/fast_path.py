"""The SCIM fast-path middleware: a SCIM request skips the middleware of pages.

What browsers need (session, CSRF token, messages, lock-outs, a policy for scripts) costs more than most SCIM requests
themselves, of which there are thousands an hour. What such a request needs is here.
"""

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch, get_resolver

log = structlog.get_logger(__name__)

_PROVISIONING = re.compile(r"/api/scim(?:/v2)?(?P<rest>/.*|\Z)", re.DOTALL)
_SLASHES = re.compile(r"/{2,}")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")  # what the audit log has room for

Answering = Callable[[HttpRequest], HttpResponse]


class ScimFastPath:
    """The second middleware: SCIM requests go straight to their view, all others through the rest of the middleware."""

    def __init__(self, get_response: Answering) -> None:
        self.everything_else = get_response
        self.headers = {
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info if "//" not in request.path_info else _SLASHES.sub("/", request.path_info)
        asked = _PROVISIONING.fullmatch(path)
        if not asked:
            return self.everything_else(request)
        # Identity providers put a tenant URL with a slash at its end before "/Users".
        request.path = request.path_info = path
        began = time.perf_counter()
        structlog.contextvars.bind_contextvars(request_id=request_id(request))
        try:
            response = self._answer(request, get_resolver("scim.urls").resolve(asked["rest"] or "/"))
            log.info(
                "request_finished",
                request=f"{request.method} {request.path}",
                code=response.status_code,
                milliseconds=round((time.perf_counter() - began) * 1000),
            )
            return response
        finally:
            structlog.contextvars.clear_contextvars()

    def _answer(self, request: HttpRequest, match: ResolverMatch) -> HttpResponse:
        request.get_host()  # refuses a host that is not ours, as the middleware of pages does
        request.resolver_match = match
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        return response


def request_id(request: HttpRequest) -> str:
    """The proxy's name of this request, if it is one that can be stored; else a new one."""
    sent = request.META.get("HTTP_X_REQUEST_ID", "")
    return sent if _REQUEST_ID.fullmatch(sent) else str(uuid.uuid4())
