"""Sends the browser on to an identity provider with a message: by a redirect, or by a page whose form posts it."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import Connection
from accounts.sso.saml.bindings import Outgoing

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+")


def to_sign_in(request: HttpRequest, connection: Connection, outgoing: Outgoing) -> HttpResponse:
    """The answer of a start: where the connection's identity provider asks the user to sign in."""
    if outgoing.fields:
        return form_page(request, "sso/post_sign_in.html", connection, outgoing)
    return HttpResponse(status=302, headers={"Location": outgoing.address})


def form_page(
    request: HttpRequest,
    template: str,
    connection: Connection,
    outgoing: Outgoing,
    frame_ancestors: Sequence[str] = (),
) -> HttpResponse:
    """A page whose form a script sends off, with a button where scripts are off.

    It may post to the IdP, and to us: an IdP may answer the post with a redirect, which Chromium holds to the same
    policy. `frame_ancestors`: origins that may show it in a frame.
    """
    response = render(request, template, {"outgoing": outgoing, "name": connection.name})
    policy = {"form-action": ["'self'", *origins(outgoing.address)]}
    if frame_ancestors:
        policy["frame-ancestors"] = list(frame_ancestors)
        response.xframe_options_exempt = True  # type: ignore[attr-defined]
    response._csp_replace = policy  # type: ignore[attr-defined]
    return response


def origins(address: str) -> list[str]:
    """The one origin of an address. None for a host that cannot be written in a policy: then no browser posts to it."""
    parts = urlsplit(address)
    try:
        origin = f"{parts.scheme}://{parts.netloc.encode('idna').decode()}"
    except UnicodeError:
        return []
    return [origin] if _ORIGIN.fullmatch(origin) else []
