"""A sign-in begins where it ends: at BASE_URL, because the cookie that binds it to the browser belongs to one host.

Other names of this server (`localhost` and `127.0.0.1`, `www.`, an internal name in ALLOWED_HOSTS) lead there first.
"""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.request import split_domain_port, validate_host

Response = TypeVar("Response", bound=HttpResponseBase)
# How often a browser was sent to BASE_URL within MOVES_KEPT. A proxy that writes another Host than the browser's makes
# every request look as if it came by another name: that browser is at BASE_URL already, and must not go round for ever.
MOVES_COOKIE = "moves-to-base-url"
MOST_MOVES = 3
MOVES_KEPT = 10  # seconds


def at_base_url(view: Callable[..., Response]) -> Callable[..., Response | HttpResponse]:
    """Sends who asks by another name of this server to the same address at BASE_URL: 307, so a POST stays one."""

    @wraps(view)
    def entry(request: HttpRequest, *args: object, **kwargs: object) -> Response | HttpResponse:
        moves = _moves(request)
        if moves >= MOST_MOVES or not comes_by_another_name(request):
            return view(request, *args, **kwargs)
        response = HttpResponse(status=307, headers={"Location": settings.BASE_URL + request.get_full_path()})
        response.set_cookie(MOVES_COOKIE, str(moves + 1), MOVES_KEPT, secure=settings.OVER_TLS, httponly=True)
        return response

    return entry


def comes_by_another_name(request: HttpRequest) -> bool:
    """Compares host names only: cookies know no port, and a proxy may leave the port or the scheme out."""
    asked = request.get_host()
    # A name in the settings of this installation: Django's test client adds one of its own to ALLOWED_HOSTS.
    is_own = validate_host(split_domain_port(asked)[0], settings.OWN_NAMES)
    return is_own and _host_of(f"//{asked}") != _host_of(settings.BASE_URL)


def _host_of(address: str) -> str:
    return urlsplit(address).hostname or ""


def _moves(request: HttpRequest) -> int:
    said = request.COOKIES.get(MOVES_COOKIE, "")
    return int(said) if said in ("1", "2", "3") else 0
