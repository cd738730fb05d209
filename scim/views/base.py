"""What every SCIM request goes through: token, rate, method, and an answer that is SCIM whatever happens.

`django_scim`'s view is the shell; nothing of its querying, patching, deleting and error reporting is in reach.
"""

import json
import math
import time
from typing import Any, ClassVar
from uuid import UUID

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DataError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.utils import timezone
from django.utils.log import log_response
from django_scim.constants import SCIM_CONTENT_TYPE, SchemaURI
from django_scim.views import SCIMView

from accounts import rate_limits
from accounts.audit.audit import Actor
from accounts.models import Account, ApiToken, User
from accounts.models.token import TokenKind
from accounts.permissions import Permission
from accounts.provisioning.provisioning import Taken
from accounts.tokens import tokens
from accounts.users import protection
from accounts.users.protection import Protected
from common import rates, strict_json
from common.http.client_address import client_address
from scim import errors, request_log
from scim.errors import ScimError
from scim.request_log import RequestSummary

log = structlog.get_logger(__name__)

_MEDIA_TYPES = ("", "application/scim+json", "application/json")
# The word is typed by hand into some connectors, so it comes once, twice or not at all (C05, C06).
_SCHEME = "bearer"
_METHODS = ("get", "head", "post", "put", "patch", "delete")


class TooManyRequests(ScimError):
    """429 with `Retry-After` in whole seconds."""

    def __init__(self, wait: float, whose: str = "of one token") -> None:
        self.retry_after = max(1, math.ceil(wait))
        rate = settings.SCIM_REQUESTS_PER_SECOND
        super().__init__(
            429,
            "",
            f"Expected at most {rate} requests a second {whose} over time; received more."
            f" Ask again after {self.retry_after} s.",
        )


class ScimView(SCIMView):  # type: ignore[misc]  # untyped
    """One endpoint. A subclass has a method for each HTTP method it offers, and sets `summary` to what was asked."""

    http_method_names: ClassVar[list[str]] = list(_METHODS)
    request: HttpRequest
    token: ApiToken  # set once the request is authenticated
    sent: Any = None
    summary = RequestSummary()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        began = time.perf_counter()
        problem: ScimError | None = None
        try:
            response = self._carry_out(request, **kwargs)
        except Exception as raised:
            problem = _as_scim_error(raised)
            response = _refusal(problem, self._allowed())
        _fit_content_type(request, response)
        if response.status_code == 501:  # on purpose, so not for the error log, where Django puts it
            log_response("Not offered: %s", request.path, request=request, response=response, level="info")
        if hasattr(self, "token"):
            self._note(response.status_code, problem.detail if problem else "", time.perf_counter() - began)
        return response

    def _carry_out(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        _check_size(request)
        _check_address(request)
        self.token = _authenticate(request)
        check_rate(self.token.id)
        method = request.method or ""
        if method.lower() not in self._allowed():
            raise errors.method_not_allowed(f"Expected {', '.join(self._allowed()).upper()} here; received {method}.")
        return self.answered(request, **kwargs)

    def answered(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return getattr(self, (request.method or "").lower())(request, **kwargs)  # type: ignore[no-any-return]

    @classmethod
    def _allowed(cls) -> list[str]:
        return [name for name in _METHODS if hasattr(cls, name) or (name == "head" and hasattr(cls, "get"))]

    @property
    def account(self) -> Account:
        return self.token.account  # type: ignore[no-any-return]

    @property
    def acting(self) -> Actor:
        """The actor, for the audit log."""
        request = structlog.contextvars.get_contextvars()  # as `scim.fast_path` bound them
        label, address = f"provisioning ({self.token.name})", client_address(self.request)
        connection, is_only = tokens.connection_of(self.token)
        return Actor(
            label,
            self.token.user_id,
            address,
            request.get("request_id", ""),
            automatic=True,
            connection_id=connection,
            is_only_connection=is_only,
        )

    @property
    def base_url(self) -> str:
        """The address under which the client knows this service; `meta.location` starts with it."""
        version = "/v2" if self.request.path.startswith("/api/scim/v2/") else ""
        return f"{settings.BASE_URL}/api/scim{version}"

    def body(self) -> Any:
        """The JSON value that was sent. Raises ScimError 400, 411, 413 and 415."""
        media_type = self.request.content_type or ""
        if media_type.lower() not in _MEDIA_TYPES:
            raise errors.unsupported_media_type(
                f"Expected the content type application/scim+json; received {errors.quoted(media_type)}."
            )
        try:
            self.sent = strict_json.loads(_read_body(self.request))
        except ValueError as problem:
            raise errors.invalid_syntax(
                f"Expected a JSON text in UTF-8; received one that is none: {problem}."
            ) from None
        return self.sent

    def _note(self, status: int, problem: str, duration: float) -> None:
        client = request_log.client_named(self.request.headers.get("User-Agent", ""))
        caller = f"The token '{self.token.name}'" if client == "other" else client
        line = request_log.Line(
            account_id=self.token.account_id,
            token_name=self.token.name,
            client=client,
            method=self.request.method or "",
            path=self.request.path,
            sentence=self.summary.sentence(caller, problem),
            status=status,
            duration=duration,
            body=self.sent,
            at=timezone.now(),
        )
        request_log.note(line)


# The API token in the Authorization header alone decides the account (C02, C05 to C08, R34). One token may ask
# SCIM_BURST times at once, and SCIM_REQUESTS_PER_SECOND times over time (R55, C12).


def _authenticate(request: HttpRequest) -> ApiToken:
    """Return the live token of the request, which may manage users. Raises ScimError 401, 403 or 429. One query."""
    text = token_text(request.headers.get("Authorization", ""))
    token = tokens.find_live(text) if text else None
    # A short token is somebody's login: provisioning would end with it within the hour.
    if token is None or token.kind == TokenKind.SHORT:
        if wait := rate_limits.seconds_to_wait(request, "SCIM"):
            raise TooManyRequests(wait, "of one address without a live token")
        received = "one that is unknown, expired, revoked or the short token of a login" if text else "none"
        raise errors.unauthorized(
            f"Expected a live API token in the Authorization header; received {received}."
            " Copy a token of Torque into the identity provider."
        )
    if not tokens.permits(token, Permission.MANAGE_USERS):
        raise errors.forbidden(
            f"Expected a token with the permission '{Permission.MANAGE_USERS}'; the token '{token.name}' lacks it."
            " Use another token, or have an account admin make one."
        )
    return token


def token_text(header: str) -> str:
    """The token of an Authorization header, without any word Bearer in front."""
    words = header.split()
    while words and words[0].lower() == _SCHEME:
        words = words[1:]
    return words[0] if len(words) == 1 else ""


def check_rate(token_id: UUID) -> None:
    """Takes one request out of the token's bucket. Raises TooManyRequests."""
    wait = rates.wait(f"scim:{token_id}", settings.SCIM_REQUESTS_PER_SECOND, settings.SCIM_BURST)
    if wait > 0:
        raise TooManyRequests(wait)


def answer(body: dict[str, Any], status: int = 200, **headers: str) -> HttpResponse:
    """A SCIM message; a header's underscores become hyphens."""
    content = json.dumps(body, separators=(",", ":"))
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(content, status=status, content_type=SCIM_CONTENT_TYPE, headers=named)


def listed(resources: list[dict[str, Any]], total: int, start_index: int | None = 1, **cursors: str) -> HttpResponse:
    """A ListResponse (RFC 7644 section 3.4.2); one read by cursor has no startIndex (RFC 9865 section 2)."""
    body: dict[str, Any] = {"schemas": [SchemaURI.LIST_RESPONSE], "totalResults": total}
    if start_index is not None:
        body["startIndex"] = start_index
    return answer({**body, "itemsPerPage": len(resources), **cursors, "Resources": resources})


def _fit_content_type(request: HttpRequest, response: HttpResponse) -> None:
    """Answer with application/json where the client prefers it to SCIM's own type (RFC 7644 section 3.8)."""
    if "application/json" not in request.headers.get("Accept", "").lower() or not response.content:
        return
    ranges = {f"{one.main_type}/{one.sub_type}".lower(): one.quality for one in reversed(request.accepted_types)}
    if _preference("application/json", ranges) > _preference(SCIM_CONTENT_TYPE, ranges):
        response.headers["Content-Type"] = "application/json"


def _preference(media_type: str, ranges: dict[str, float]) -> tuple[float, int]:
    """Quality, then how exactly it is named (RFC 9110 section 12.5.1); parameters such as a charset do not count."""
    names = enumerate((media_type, "application/*", "*/*"))
    return next(((ranges[name], -place) for place, name in names if name in ranges), (0, -3))


def _refusal(problem: ScimError, allowed: list[str]) -> HttpResponse:
    response = answer(problem.body(), problem.status)
    if problem.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    elif problem.status == 405:
        response["Allow"] = ", ".join(allowed).upper()
    elif problem.status == 503:
        response["Retry-After"] = "1"
    elif isinstance(problem, TooManyRequests):
        response["Retry-After"] = str(problem.retry_after)
    return response


def _as_scim_error(problem: Exception) -> ScimError:
    """The error for the client. An unforeseen problem is logged, and answered without its own text."""
    match problem:
        case ScimError():
            return problem
        case Taken():
            return errors.uniqueness(str(problem))
        case Protected():
            protection.remember(problem)
            return errors.forbidden(str(problem))
        case User.DoesNotExist():
            return errors.not_found("Expected the id of a user of this account; received one that none has.")
        case RequestDataTooBig():
            return _too_large()
        case SuspiciousOperation() | RawPostDataException():
            return errors.invalid_syntax("Expected a request with fewer query parameters and a readable body.")
        case DataError():
            return errors.invalid_value("Expected values that can be stored; one of them is too long or out of range.")
        case OperationalError():
            log.warning("A SCIM request met a database that is busy or away", exc_info=problem)
            return ScimError(503, "", "Torque's database is busy. Ask again in a second.")
    log.error("A SCIM request failed", exc_info=problem)
    return ScimError(500, "", "Torque could not do this because of a mistake of its own. Its operator finds it logged.")


def _check_address(request: HttpRequest) -> None:
    """Below what the web server reads (`gunicorn.conf.py`), so that the refusal is SCIM's. Raises ScimError 414."""
    meta = request.META
    length = len(meta.get("RAW_URI") or f"{request.path}?{meta.get('QUERY_STRING', '')}")
    if length > settings.SCIM_ADDRESS_LIMIT:
        raise errors.address_too_long(
            f"Expected an address of at most {settings.SCIM_ADDRESS_LIMIT:,} bytes; received {length:,}."
            " Send a long filter in the body of POST /Users/.search."
        )


# The whole body: by its Content-Length or, where it has none, in chunks (RFC 9112 sections 6 and 7).


def _check_size(request: HttpRequest) -> None:
    """Before anything is read (R43). Raises ScimError 413."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > settings.SCIM_BODY_LIMIT:
        raise _too_large()


def _read_body(request: HttpRequest) -> bytes:
    """The bytes that were sent. Raises ScimError: 400 for a body that ended early, 411, 413."""
    if request.META.get("HTTP_TRANSFER_ENCODING") and not request.META.get("CONTENT_LENGTH"):
        return _read_chunks(request.META)
    try:
        content = request.body
    except UnreadablePostError:
        raise _cut_off() from None
    announced = request.META.get("CONTENT_LENGTH") or "0"
    # Half a body may be valid JSON too, of a user without half of their attributes.
    if announced.isdecimal() and len(content) < int(announced):
        raise _cut_off()
    return content


def _too_large() -> ScimError:
    return errors.too_large(f"Expected a body of at most {settings.SCIM_BODY_LIMIT} bytes; received a larger one.")


def _read_chunks(environ: dict[str, Any]) -> bytes:
    """Django reads nothing where no length is announced."""
    if not environ.get("wsgi.input_terminated"):
        raise ScimError(411, "", "Expected the header Content-Length; received a body in chunks. Send its length.")
    try:
        content: bytes = environ["wsgi.input"].read(settings.SCIM_BODY_LIMIT + 1)
    except Exception:  # each server has errors of its own for chunks that end early or are none
        raise _cut_off() from None
    if len(content) > settings.SCIM_BODY_LIMIT:
        raise _too_large()
    return content


def _cut_off() -> ScimError:
    return errors.invalid_syntax("Expected the whole body; the connection ended before it. Nothing was changed.")
