"""The caller of a REST endpoint: a user by a session, or by one of their tokens."""

from typing import cast

import structlog
from rest_framework.request import Request

from accounts.audit.audit import Actor
from accounts.models import ApiToken, User
from accounts.models.token import TokenKind
from common.http.client_address import client_address

_ACTOR_LIMIT = 320


def person_of(request: Request) -> User:
    """The caller, behind the default permission, which refuses everybody else."""
    return cast(User, request.user)


def token_of(request: Request) -> ApiToken | None:
    """The caller's token; None: a session."""
    return request.auth if isinstance(request.auth, ApiToken) else None


def acting(request: Request) -> Actor:
    """The caller, limited to the permissions of their token. A long token is named, as somebody else may have it."""
    person, token = person_of(request), token_of(request)
    if token is None or token.kind == TokenKind.SHORT:
        return _actor(request, str(person), person, token)
    return _actor(request, f"{person} (API token '{token.name}')", person, token)


def token_holder(request: Request) -> Actor:
    """Somebody who gave the text of a token and nothing else."""
    return _actor(request, "holder of the token")


def _actor(request: Request, label: str, person: User | None = None, token: ApiToken | None = None) -> Actor:
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    address = client_address(request._request)
    limited_to = frozenset(token.permissions) if token else None
    user_id = person.pk if person else None
    return Actor(label[:_ACTOR_LIMIT], user_id, address, str(request_id), limited_to=limited_to)
