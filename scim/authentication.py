"""Who asks: the API token in the Authorization header. The token alone decides the account (C02, C05 to C08, R34)."""

from django.http import HttpRequest

from accounts.models import ApiToken
from accounts.models.token import TokenKind
from accounts.permissions import Permission
from accounts.tokens import tokens
from scim import errors, throttle

# The word is typed by hand into some connectors, so it comes once, twice or not at all (C05, C06).
_SCHEME = "bearer"


def authenticate(request: HttpRequest) -> ApiToken:
    """The live token of the request, which may manage users. Raises ScimError 401, 403 or 429. One query."""
    text = token_text(request.headers.get("Authorization", ""))
    token = tokens.find_live(text) if text else None
    # A short token is somebody's login: provisioning would end with it within the hour.
    if token is None or token.kind == TokenKind.SHORT:
        throttle.check_stranger(request)
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
