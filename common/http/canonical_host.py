"""A sign-in starts at BASE_URL, where it ends: the cookie that binds it to the browser belongs to one host.

Other hosts of this server (`localhost` and `127.0.0.1`, `www.`, an internal name in ALLOWED_HOSTS) redirect to it.
"""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.request import split_domain_port, validate_host

Response = TypeVar("Response", bound=HttpResponseBase)
# How often a browser was redirected to BASE_URL within REDIRECTS_KEPT. Behind a proxy that changes the Host header each
# request seems to be for another host: that browser is at BASE_URL already, and must not be redirected for ever.
REDIRECTS_COOKIE = "moves-to-base-url"
MAX_REDIRECTS = 3
REDIRECTS_KEPT = 10  # seconds


def at_base_url(view: Callable[..., Response]) -> Callable[..., Response | HttpResponse]:
    """Redirect requests for another host to the same address at BASE_URL: 307, so a POST stays one."""

    @wraps(view)
    def entry(request: HttpRequest, *args: object, **kwargs: object) -> Response | HttpResponse:
        seen = request.COOKIES.get(REDIRECTS_COOKIE, "")
        redirects = int(seen) if seen in ("1", "2", "3") else 0
        if redirects >= MAX_REDIRECTS or not is_for_another_host(request):
            return view(request, *args, **kwargs)
        response = HttpResponse(status=307, headers={"Location": settings.BASE_URL + request.get_full_path()})
        response.set_cookie(
            REDIRECTS_COOKIE, str(redirects + 1), REDIRECTS_KEPT, secure=settings.OVER_TLS, httponly=True
        )
        return response

    return entry


def is_for_another_host(request: HttpRequest) -> bool:
    """Compare host names only: cookies know no port, and a proxy may leave the port or the scheme out."""
    host = request.get_host()
    # A host in the settings of this installation: Django's test client adds one of its own to ALLOWED_HOSTS.
    is_own = validate_host(split_domain_port(host)[0], settings.OWN_NAMES)
    return is_own and _host_of(f"//{host}") != _host_of(settings.BASE_URL)


def _host_of(address: str) -> str:
    return urlsplit(address).hostname or ""
