"""The caller of a REST endpoint: a user by a session, or by one of their tokens; and how fast they may ask (R55)."""

from typing import cast

import structlog
from django.conf import settings
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.audit.audit import Actor
from accounts.models import ApiToken, User
from accounts.models.token import TokenKind
from accounts.rate_limits import seconds_to_wait
from accounts.tokens import tokens
from common import rates
from common.http.client_address import client_address

_ACTOR_LIMIT = 320


class TokenAuthentication(BaseAuthentication):
    """Tokens in the Authorization header, long and short, with and without the word Bearer (C05)."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        text = request.headers.get("Authorization", "").strip()
        if text.lower().startswith("bearer "):
            text = text[7:].strip()
        if not text:
            return None
        token = tokens.find_live(text)
        if token is None:
            raise AuthenticationFailed("Expected an API token that is live; this one is unknown, expired or revoked.")
        if token.user is None:
            raise AuthenticationFailed("Expected a person's API token; this one is the account's own.")
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class ProgramRate(BaseThrottle):  # type: ignore[misc]
    """Of one token, of one session's person, or of one address. Django REST framework answers 429 with Retry-After."""

    def allow_request(self, request: Request, view: object) -> bool:
        by = request.auth.pk if isinstance(request.auth, ApiToken) else request.user.pk
        rate, burst = settings.API_REQUESTS_PER_SECOND, settings.API_BURST
        self._seconds = rates.wait(f"api:{by}", rate, burst) if by else seconds_of_anonymous(request)
        return not self._seconds

    def wait(self) -> float:
        return self._seconds


def seconds_of_anonymous(request: Request) -> float:
    """Of an address that brings neither a live token nor a session: 0, or the seconds until it may ask again."""
    return seconds_to_wait(request._request, "API")


def person_of(request: Request) -> User:
    """The caller, behind the default permission, which refuses everybody else."""
    return cast(User, request.user)


def token_of(request: Request) -> ApiToken | None:
    """The caller's token; None: a session."""
    return request.auth if isinstance(request.auth, ApiToken) else None


def acting(request: Request) -> Actor:
    """The caller, limited to the permissions of their token. A long token is named, as somebody else may have it."""
    person, token = person_of(request), token_of(request)
    through = f" (API token '{token.name}')" if token is not None and token.kind != TokenKind.SHORT else ""
    return _actor(request, f"{person}{through}", person, token)


def token_holder(request: Request) -> Actor:
    """Somebody who gave the text of a token and nothing else."""
    return _actor(request, "holder of the token")


def _actor(request: Request, label: str, person: User | None = None, token: ApiToken | None = None) -> Actor:
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    address = client_address(request._request)
    limited_to = frozenset(token.permissions) if token else None
    user_id = person.pk if person else None
    return Actor(label[:_ACTOR_LIMIT], user_id, address, str(request_id), limited_to=limited_to)
