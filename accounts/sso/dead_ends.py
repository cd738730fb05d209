"""Sign-in and logout addresses opened in a way that leads nowhere: the user gets a page with a reference.

By hand, with a method that is not taken, for a connection that is gone or switched off, with a form that cannot be
read. Anyone can do that as often as they like, so it is counted and never recorded (`docs/decisions/0023`); the
reference is in the log, and the latest one beside the count on the connection's page.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode

import structlog
from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.urls import reverse

from accounts import login_records, unrecorded_refusals
from accounts.models import Connection
from common.http.local_paths import HOME
from common.http.preferred_type import prefers_html

log = structlog.get_logger(__name__)

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class DeadEnd:
    """What the user reads; `code` is for the log and the admin."""

    status: int
    code: str
    heading: str
    message: str


NOTHING_HERE = DeadEnd(
    404,
    "no-such-sign-in",
    "There is no sign-in here",
    "The address may be mistyped, or your company's sign-in was removed. Please start from the log-in page.",
)
SWITCHED_OFF = DeadEnd(
    404,
    "connection-not-live",
    "This sign-in is switched off",
    "Your company has switched this sign-in off. Please use another way to log in, or ask your administrator.",
)
_NO_PAGE = "Your company's identity provider uses this address; it is not a page to open. Please start from the log-in"
_NO_PAGE += " page."
WRONG_METHOD = DeadEnd(405, "wrong-method", "This address is not a page", _NO_PAGE)
NO_LOGOUT = DeadEnd(
    400,
    "logout-no-message",
    "The logout did not work",
    "Your company's identity provider asks for a logout at this address, and your browser brought no message of it."
    " To log out, open the start page and log out there.",
)
UNREADABLE = DeadEnd(
    400,
    "unreadable-form",
    "This form cannot be read",
    "What your browser sent cannot be read. Please start from the log-in page.",
)
_UNREADABLE_FORMS = (
    BadRequest,
    MultiPartParserError,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
    UnreadablePostError,
)


def takes(*methods: str, is_program: bool = False) -> Callable[[View], View]:
    """405 for other methods, 404 for what is not there, 400 for a form that cannot be read, each as a page.

    Clients that ask for JSON get JSON. `is_program`: so do all that do not ask for a page.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def entry(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in methods:
                return _wrong_method(request, methods, kwargs, is_program=is_program)
            try:
                return view(request, *args, **kwargs)
            except Http404:
                return dead_end(request, NOTHING_HERE, is_program=is_program)
            except _UNREADABLE_FORMS:
                return dead_end(request, UNREADABLE, is_program=is_program)

        return entry

    return decorate


def switched_off(request: HttpRequest, connection: Connection, next_path: str = "") -> HttpResponse:
    """A connection that is not live answers only sign-ins that were started before."""
    why = (
        f"Expected a live connection; received a sign-in at '{connection}', which is in state '{connection.state}'."
        " Enable it, or have users start elsewhere."
    )
    return dead_end(request, SWITCHED_OFF, connection, why, next_path=next_path)


def dead_end(
    request: HttpRequest,
    end: DeadEnd,
    connection: Connection | None = None,
    why: str = "",
    *,
    next_path: str = "",
    is_program: bool = False,
) -> HttpResponse:
    """The page, counted for the admin of `connection` with `why`; `next_path` is where the user wanted to go."""
    reference = login_records.new_reference()
    log.warning("Dead end", code=end.code, reference=reference, method=request.method, path=request.path)
    if connection is not None:
        unrecorded_refusals.count(connection, end.code, f"{why} The user's reference: {reference}.")
    if not prefers_html(request, default=not is_program):
        return JsonResponse({"detail": f"{end.heading}. {end.message}", "reference": reference}, status=end.status)
    query = f"?{urlencode({'next': next_path})}" if next_path not in ("", HOME) else ""
    page = {"end": end, "reference": reference, "login_url": reverse("login") + query}
    return render(request, "sso/dead_end.html", page, status=end.status)


def _wrong_method(
    request: HttpRequest, methods: tuple[str, ...], named: Mapping[str, Any], *, is_program: bool
) -> HttpResponse:
    """For the admin: an identity provider that answers by redirect looks like a user who opened the ACS by hand.

    `named`: parts of the address; those that an identity provider is given name a connection.
    """
    connection = None
    if {"account_slug", "connection_id"} <= named.keys():
        found = Connection.objects.filter(account__slug=named["account_slug"], pk=named["connection_id"])
        connection = found.select_related("account").first()
    why = (
        f"Expected {' or '.join(methods)} at {request.path}; received {request.method}. If your identity provider sends"
        " its answers by redirect, set it to HTTP-POST; otherwise a user opened the address by hand."
    )
    response = dead_end(request, WRONG_METHOD, connection, why, is_program=is_program)
    response["Allow"] = ", ".join(methods)
    return response
