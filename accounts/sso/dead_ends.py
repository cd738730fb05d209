"""Addresses of a sign-in or a logout opened in a way that leads nowhere: a person gets a page with a reference.

By hand, with a method that is not taken, for a connection that is gone or switched off, with a form that cannot be
read. Anybody can do that as often as they like, so it is counted and never a record (`docs/decisions/0023`); the
reference is in the log, and the latest one beside the count on the connection's page.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

import structlog
from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.urls import reverse

from accounts.local_paths import HOME
from accounts.models import Connection
from accounts.services import login_records, unrecorded_refusals
from torque_sso.not_found import is_for_a_person

log = structlog.get_logger(__name__)

View = Callable[..., HttpResponse]
_NO_FORM = (
    BadRequest,
    MultiPartParserError,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
    UnreadablePostError,
)

NOTHING_HERE = "There is no sign-in here"
_NOTHING_HERE = "The address may be mistyped, or your company's sign-in was removed. Please start from the log-in page."
_NO_PAGE = "Your company's identity provider uses this address; it is not a page to open. Please start from the log-in"
_NO_PAGE += " page."
_UNREADABLE = "What your browser sent cannot be read. Please start from the log-in page."
_SWITCHED_OFF = "Your company has switched this sign-in off. Please use another way to log in, or ask your"
_SWITCHED_OFF += " administrator."


def takes(*methods: str, is_program: bool = False) -> Callable[[View], View]:
    """405 for other methods, 404 for what is not there, 400 for a form that cannot be read, each as a page.

    Programs that ask for JSON get JSON. `is_program`: so does everybody who does not ask for a page.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def entry(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in methods:
                response = dead_end(request, 405, "This address is not a page", _NO_PAGE, is_program=is_program)
                response["Allow"] = ", ".join(methods)
                _count_method(request, kwargs, methods)
                return response
            try:
                return view(request, *args, **kwargs)
            except Http404:
                return dead_end(request, 404, NOTHING_HERE, _NOTHING_HERE, is_program=is_program)
            except _NO_FORM:
                return dead_end(request, 400, "This form cannot be read", _UNREADABLE, is_program=is_program)

        return entry

    return decorate


def opened_by_hand(request: HttpRequest) -> HttpResponse:
    return dead_end(request, 400, "This address is not a page", _NO_PAGE)


def switched_off(request: HttpRequest, connection: Connection, next_path: str = "") -> HttpResponse:
    """404: a connection that is not live is not there for people who have not begun a sign-in at it."""
    response = dead_end(request, 404, "This sign-in is switched off", _SWITCHED_OFF, next_path)
    explanation = (
        f"Expected a live connection; received a sign-in at '{connection}', which is in state '{connection.state}'."
        " Enable it, or have people start elsewhere."
    )
    unrecorded_refusals.count(connection, "connection-not-live", explanation)
    return response


def dead_end(
    request: HttpRequest, status: int, heading: str, message: str, next_path: str = "", *, is_program: bool = False
) -> HttpResponse:
    """The page, with a reference that the log has too; `next_path` is where the person wants to go after all."""
    reference = login_records.new_reference()
    log.warning("Dead end", status=status, reference=reference, method=request.method, path=request.path)
    if not is_for_a_person(request, unless_said=not is_program):
        return JsonResponse({"detail": f"{heading}. {message}", "reference": reference}, status=status)
    query = f"?{urlencode({'next': next_path})}" if next_path not in ("", HOME) else ""
    page = {"heading": heading, "message": message, "reference": reference, "login_url": reverse("login") + query}
    return render(request, "sso/dead_end.html", page, status=status)


def _count_method(request: HttpRequest, named: dict[str, Any], methods: tuple[str, ...]) -> None:
    """For the admin: an identity provider that answers by redirect looks like a person who opened the ACS by hand."""
    found = Connection.objects.select_related("account").filter(pk=named.get("connection_id"))
    connection = found.filter(account__slug=named["account_slug"]).first() if "account_slug" in named else None
    if connection is None:
        return
    explanation = (
        f"Expected {' or '.join(methods)} at {request.path}; received {request.method}. If your identity provider sends"
        " its answers by redirect, set it to HTTP-POST; otherwise somebody opened the address by hand."
    )
    unrecorded_refusals.count(connection, "wrong-method", explanation)
