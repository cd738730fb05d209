"""The SCIM test: identity providers' conversations with the account's own endpoint, of which nothing is kept.

All of it is one transaction that is rolled back: nobody else sees its user, token, audit entries and counts, and
nothing that waits for a commit happens. Requests go through `fast_path` as real ones do.
"""

import io
import json
import secrets
from collections.abc import Iterator
from contextvars import copy_context
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.audit.audit import Actor
from accounts.models import Account
from accounts.permissions import Permission
from accounts.tokens import tokens
from scim import request_log
from scim.conversations import CONVERSATIONS, Ask, Conversation
from scim.fast_path import ScimFastPath

BASE = "/api/scim"
SHOWN = 4_000  # characters of a body
TOKEN_LIVES = timedelta(minutes=5)


@dataclass(frozen=True)
class Exchange:
    """One request and its answer. `problem`: a sentence; empty: as the provider expects it."""

    ask: Ask
    path: str
    sent: str
    status: int
    received: str
    problem: str


@dataclass(frozen=True)
class Played:
    """A conversation as far as it went: it ends at the first answer that the provider would not be happy with."""

    provider: str
    exchanges: list[Exchange]
    left_out: int

    @property
    def passed(self) -> bool:
        return not self.left_out and not any(exchange.problem for exchange in self.exchanges)


def run(account: Account, host: str, acting: Actor) -> list[Played]:
    """Plays all conversations. `host`: by which this installation is reached, as in a Host header."""
    with request_log.unnoted(), transaction.atomic():
        ends_at = timezone.now() + TOKEN_LIVES
        named = ("SCIM test", [Permission.MANAGE_USERS])
        _, token = tokens.issue_service_token(account, *named, expires_at=ends_at, acting=acting)
        played = [(one, list(_exchanges(one, host, token))) for one in CONVERSATIONS]
        transaction.set_rollback(True)
    return [Played(one.provider, exchanges, len(one.asks) - len(exchanges)) for one, exchanges in played]


def _exchanges(conversation: Conversation, host: str, token: str) -> Iterator[Exchange]:
    key = secrets.token_hex(8)
    known = {"{key}": key, "{name}": f"scim-test.{key}@scim-test.invalid", "{id}": ""}
    headers = {"HTTP_HOST": host, "HTTP_AUTHORIZATION": f"Bearer {token}", "HTTP_USER_AGENT": conversation.user_agent}
    for ask in conversation.asks:
        path = _filled(ask.path, known)
        body = None if ask.body is None else _filled(ask.body, known)
        response = _answered(ask.method, path, body, headers)
        received = _json_object(response)
        yield Exchange(
            ask,
            f"{BASE}{path}",
            "" if body is None else _pretty(body),
            response.status_code,
            _pretty(received) if received else "",
            problem := _problem(ask, response.status_code, received, known),
        )
        if problem:
            return
        known["{id}"] = received.get("id") or known["{id}"]


def _filled(value: Any, known: dict[str, str]) -> Any:
    """The value with what is known in the place of `{…}`."""
    if isinstance(value, str):
        for place, text in known.items():
            value = value.replace(place, text)
        return value
    if isinstance(value, dict):
        return {name: _filled(one, known) for name, one in value.items()}
    return [_filled(one, known) for one in value] if isinstance(value, list) else value


def _answered(method: str, path: str, body: Any, headers: dict[str, str]) -> HttpResponse:
    """In a context of its own: `fast_path` clears the names that the log has for a request."""
    content = b"" if body is None else json.dumps(body).encode()
    path, _, query = path.partition("?")
    asked = WSGIRequest(
        {
            "REQUEST_METHOD": method,
            "PATH_INFO": f"{BASE}{path}",
            "QUERY_STRING": query,
            "CONTENT_TYPE": "application/scim+json; charset=utf-8",
            "CONTENT_LENGTH": str(len(content)),
            "SERVER_NAME": "scim-test",
            "SERVER_PORT": "443",
            "wsgi.url_scheme": "https",
            "wsgi.input": io.BytesIO(content),
            **headers,
        }
    )
    return copy_context().run(ScimFastPath(_elsewhere), asked)


def _elsewhere(request: HttpRequest) -> HttpResponse:
    raise AssertionError(request.path)  # all paths here are of provisioning


def _json_object(response: HttpResponse) -> dict[str, Any]:
    read = json.loads(response.content) if response.content else {}
    return read if isinstance(read, dict) else {}


def _pretty(body: Any) -> str:
    text = json.dumps(body, indent=2, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}\n… ({len(text)} characters)"


def _problem(ask: Ask, status: int, answer: dict[str, Any], known: dict[str, str]) -> str:
    if status != ask.status:
        return f"Expected status {ask.status}; received {status}. {answer.get('detail', '')}".strip()
    for name, expected in ask.has.items():
        received: Any = answer
        for part in name.split("."):
            received = received.get(part) if isinstance(received, dict) else None
        if received != (wanted := _filled(expected, known)):
            return f"Expected {name} {wanted!r}; received {received!r}."
    return ""
