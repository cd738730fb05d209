"""The client's address (R54), for lock-outs, limits, audit log, sessions and log lines: only this module reads it."""

from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

from common.http.forwarded import TrustedProxies, client_of, read_trusted_proxies

if TYPE_CHECKING:
    from django.http import HttpRequest

_read = lru_cache(maxsize=8)(read_trusted_proxies)


def client_address(request: "HttpRequest") -> str | None:
    """Return the client's address in its shortest form; None for a Unix socket without one (`docs/installing.md`)."""
    peer, forwarded_for = request.META.get("REMOTE_ADDR") or "", request.META.get("HTTP_X_FORWARDED_FOR", "")
    return client_of(peer, forwarded_for, trusted_proxies())


def trusted_proxies() -> TrustedProxies:
    """The proxies whose forwarded headers count (TRUSTED_PROXIES)."""
    return _read(tuple(settings.TRUSTED_PROXIES))
