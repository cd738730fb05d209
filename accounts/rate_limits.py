"""How fast one address may come to what answers without a session or token (R55): `docs/operations.md` has the table.

Far above what people do, be they a thousand behind one address on a Monday morning: it is there for floods. Rate and
burst of a limit are settings: `{name}_REQUESTS_PER_SECOND` and `{name}_BURST`.
"""

import math
from collections.abc import Callable
from functools import wraps
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from common import rates
from common.http.client_address import client_address

View = Callable[..., HttpResponse]
TOO_FAST = "Expected fewer requests from one address; received more. Ask again after {seconds} s."
_OWN_NETWORK = 64  # bits of an IPv6 address that a provider gives to one customer (RFC 6177)


def limited_by(name: str, *, is_program: bool = False) -> Callable[[View], View]:
    """429 with Retry-After for an address that has emptied its bucket of this limit. `is_program`: answered in JSON."""

    def decorate(view: View) -> View:
        @wraps(view)
        def limited(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            seconds = seconds_to_wait(request, name)
            return _too_fast(request, seconds, is_program) if seconds else view(request, *args, **kwargs)

        return limited

    return decorate


limited = limited_by("SIGN_IN")


def seconds_to_wait(request: HttpRequest, name: str) -> int:
    """Takes one request out of the address's bucket of this limit: 0, or the seconds after which there is one."""
    rate, burst = getattr(settings, f"{name}_REQUESTS_PER_SECOND"), getattr(settings, f"{name}_BURST")
    return math.ceil(rates.wait(f"{name}:{whose(request)}", rate, burst))


def whose(request: HttpRequest) -> str:
    """Whom requests from there are counted for: the address, of IPv6 the network that one customer has."""
    text = client_address(request) or ""
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((address, _OWN_NETWORK), strict=False))
    return text


def _too_fast(request: HttpRequest, seconds: int, is_program: bool) -> HttpResponse:
    if is_program:
        response: HttpResponse = JsonResponse({"detail": TOO_FAST.format(seconds=seconds)}, status=429)
    else:
        response = render(request, "sign_in/too_fast.html", {"seconds": seconds}, status=429)
    response["Retry-After"] = str(seconds)
    return response
