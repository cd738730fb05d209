"""Where a request came from, as far as it can be believed (R54)."""

from ipaddress import ip_address

from axes.helpers import get_client_ip_address
from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The address of the peer; behind trusted proxies what they say. None: a socket without an address."""
    if settings.TRUSTED_PROXIES:
        return get_client_ip_address(request)  # type: ignore[no-any-return]
    try:
        return str(ip_address(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return None
