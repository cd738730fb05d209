"""Logout with an OpenID provider, both directions: RP-Initiated Logout 1.0, Front- and Back-Channel Logout 1.0."""

import secrets
from collections.abc import Mapping
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from accounts.models import Connection

# The ID token travels in an address, and many servers take no longer line than 8 KB.
_LONGEST_HINT = 6_000  # characters


def kept_hints(connection: Connection, compact: str) -> dict[str, str]:
    """The ID token, where the provider has an address to log out at, and takes it there (R33: else nothing is kept)."""
    wanted = connection.discovery.get("end_session_endpoint") and len(compact) <= _LONGEST_HINT
    return {"id_token": compact} if wanted else {}


def logout_url(connection: Connection, hints: Mapping[str, str]) -> str:
    """Where the browser goes on, so that the provider's session ends too; empty: the provider names no address.

    Made of what the last login left on the connection's row: nobody waits here for a provider that is down.
    """
    endpoint = connection.discovery.get("end_session_endpoint")
    if not endpoint:
        return ""
    query = {
        "id_token_hint": hints.get("id_token", ""),
        "logout_hint": hints.get("login_hint", ""),  # Entra: else it asks which account to log out of
        "client_id": connection.client_id,
        "post_logout_redirect_uri": post_logout_redirect_uri(),
        # Nothing waits for the answer. Hexadecimal, because Okta takes few other characters (`protocol.md` section 7).
        "state": secrets.token_hex(16),
    }
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode({k: v for k, v in query.items() if v})}"


def logout_uri(connection: Connection) -> str:
    """Where the provider says that its session ended, by front or back channel; to be registered there."""
    path = reverse("sso:oidc-logout", args=[connection.account.slug, connection.id])
    return f"{settings.BASE_URL}{path}"


def post_logout_redirect_uri() -> str:
    """Where the provider sends the browser after a logout; to be registered there, the same for all connections."""
    return settings.BASE_URL + reverse("login")
