"""Requests behind a TLS proxy: the client's address, the scheme it used, and HSTS (R51, R54)."""

from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from common.http.client_address import client_address, trusted_proxies
from common.http.forwarded import scheme_of

log = structlog.get_logger(__name__)

_UNNAMED_PROXY = "X-Forwarded-For is ignored: its sender is not in TRUSTED_PROXIES. If that is your proxy, add it."
_NO_ADDRESS = "Requests have no address. If your proxy uses the server's Unix socket, add 'unix' to TRUSTED_PROXIES."
_OTHER_HEADERS = ("HTTP_FORWARDED", "HTTP_X_REAL_IP")


class BehindProxy:
    """The first middleware: sets `REMOTE_ADDR` to the client and the scheme to its own, and removes forwarded headers.

    So neither a library that reads them itself nor gunicorn's access log can be misled by a header of the client.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.has_warned = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        address = self._apply(request)
        with structlog.contextvars.bound_contextvars(ip=address):
            response = self.get_response(request)
        # Also where the scheme is unknown, because the proxy is not named: browsers ignore it over plain http.
        if settings.SECURE_HSTS_SECONDS:  # written as by Django's SecurityMiddleware
            subdomains = "; includeSubDomains" if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else ""
            lasting = f"max-age={settings.SECURE_HSTS_SECONDS}{subdomains}"
            response.headers.setdefault("Strict-Transport-Security", lasting)
        return response

    def _apply(self, request: HttpRequest) -> str | None:
        meta, address = request.META, client_address(request)
        if trusted_proxies().trust_peer(meta.get("REMOTE_ADDR") or ""):
            scheme = scheme_of(meta.get("HTTP_X_FORWARDED_PROTO", ""))
            meta["wsgi.url_scheme"] = scheme or meta["wsgi.url_scheme"]
        else:
            self._warn_once(meta)
        meta["REMOTE_ADDR"] = address or ""
        for name in [name for name in meta if name.startswith("HTTP_X_FORWARDED") or name in _OTHER_HEADERS]:
            del meta[name]
        return address

    def _warn_once(self, meta: dict[str, Any]) -> None:
        """A proxy that is not named makes all clients one, also for lock-outs."""
        peer, forwards = meta.get("REMOTE_ADDR") or "", "HTTP_X_FORWARDED_FOR" in meta
        if self.has_warned or (peer and not forwards):
            return
        self.has_warned = True
        log.warning(_UNNAMED_PROXY if peer else _NO_ADDRESS, peer=peer)
