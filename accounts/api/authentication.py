"""Tokens in the Authorization header, long and short, with and without the word Bearer (C05)."""

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiToken, User
from accounts.tokens import tokens


class TokenAuthentication(BaseAuthentication):
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
