"""How fast one address may come to the sign-in doors (R55).

Far above what people do, be they a thousand behind one address on a Monday morning: it is there for floods.
"""

import math
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from torque_sso import rates
from torque_sso.client_address import client_address

View = Callable[..., HttpResponse]


def limited(view: View) -> View:
    """A sign-in door: 429 with Retry-After for an address that has emptied its bucket."""

    @wraps(view)
    def door(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        rate, burst = settings.SIGN_IN_REQUESTS_PER_SECOND, settings.SIGN_IN_BURST
        seconds = math.ceil(rates.wait(f"sign-in:{client_address(request)}", rate, burst))
        if not seconds:
            return view(request, *args, **kwargs)
        response = render(request, "accounts/too_fast.html", {"seconds": seconds}, status=429)
        response["Retry-After"] = str(seconds)
        return response

    return door
