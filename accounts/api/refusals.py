"""REST refusals: one sentence in `detail`; the `code` of a service's refusal; `errors` by member of the body."""

from collections.abc import Iterator
from typing import Any

import structlog
from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http.request import RawPostDataException, UnreadablePostError
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from accounts.api.asking import seconds_of_anonymous
from accounts.errors import ActionRefused
from accounts.rights import PermissionsExceeded
from accounts.users import protection

log = structlog.get_logger(__name__)

NOBODY = (
    "Expected a token in the Authorization header (Bearer), or the cookie of a session; received neither."
    " The program has to log in first, at /api/accounts/login."
)
NOT_THERE = "Expected something that exists for the caller; nothing is at this address for them."
DEFECT = "Torque could not do this because of a mistake of its own. Its operator finds it logged."
UNREADABLE = "Expected a request whose body can be read; received one that broke off or has too many parts."
TOO_LARGE = "Expected a body of at most a megabyte; received a larger one. The program has to send less."


def answer_to(problem: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to what a view raised. None: the database is away, which `torque_sso.error_pages` answers."""
    if isinstance(problem, OperationalError | InterfaceError):
        return None
    response: Response | None = exception_handler(_limited(_translated(problem), context), context)
    if response is None:
        log.error("A REST request failed", exc_info=problem)
        set_rollback()
        return Response({"detail": DEFECT}, status=500)
    if isinstance(problem, exceptions.ValidationError):
        response.data = _of_members(response.data)
    if isinstance(problem, ActionRefused):
        response.data["code"] = problem.code
    return response


def _limited(problem: Exception, context: dict[str, Any]) -> Exception:
    """Django REST framework refuses an anonymous client before it checks the rate, so that is checked here."""
    if not isinstance(problem, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return problem
    seconds = seconds_of_anonymous(context["request"])
    return exceptions.Throttled(wait=seconds) if seconds else problem


def _translated(problem: Exception) -> Exception:
    match problem:
        case exceptions.NotAuthenticated():
            problem.detail = exceptions.ErrorDetail(NOBODY, "not_authenticated")
        case PermissionsExceeded():
            return exceptions.PermissionDenied(str(problem))
        case ActionRefused():
            protection.remember(problem)
            return exceptions.ParseError(str(problem))
        case ObjectDoesNotExist():
            return exceptions.NotFound(NOT_THERE)
        case RequestDataTooBig():
            return TooLarge(TOO_LARGE)
        case SuspiciousOperation() | RawPostDataException() | UnreadablePostError():
            return exceptions.ParseError(UNREADABLE)
    return problem


class TooLarge(exceptions.APIException):
    status_code = 413


def _of_members(found: Any) -> dict[str, Any]:
    sentences = dict(_sentences(found))
    listed = "; ".join(f"in '{member}': {sentence}" if member else sentence for member, sentence in sentences.items())
    detail = f"{listed[:1].upper()}{listed[1:]}. The program that sent it has to change it."
    return {"detail": detail, "errors": sentences}


def _sentences(found: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Member -> what was expected there and what came; '' is the whole body, 'permissions.0' the first of a list."""
    if isinstance(found, dict):
        for name, inner in found.items():
            below = "" if name == "non_field_errors" else str(name)
            yield from _sentences(inner, ".".join(filter(None, (path, below))))
    else:
        yield path, " ".join(str(sentence) for sentence in found)
