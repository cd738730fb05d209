"""Claims that a provider keeps out of the ID token when an access token comes with it (OpenID Connect Core 5.3, 5.4).

Okta's org server does so with groups (`protocol.md` section 7). Entra is never asked: its endpoint adds nothing.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from accounts.connections.provider.documents import ProviderUnreachable
from accounts.connections.vendors import VENDORS
from accounts.models import Connection
from accounts.models.identity import Vendor
from accounts.sso.refusal import LoginRefused
from common import strict_json
from common.outbound import guarded_http

Claims = Mapping[str, Any]
_COMPACT_JWS = re.compile(rb"[\w-]+\.[\w-]+\.[\w-]+")


def completed(connection: Connection, claims: Claims, access_token: str, verified: Callable[[str], Claims]) -> Claims:
    """The claims, with those that only the userinfo endpoint gives. The ID token's own always count.

    `verified`: the claims of a signed answer, a compact JWS, after every check (OpenID Connect Core 5.3.2).

    Raises LoginRefused when the endpoint speaks of somebody else, ProviderUnreachable when it does not answer: a
    login whose groups are unknown must not look like one without groups.
    """
    url = connection.discovery.get("userinfo_endpoint")
    if connection.vendor == Vendor.ENTRA or not isinstance(url, str) or not _lacks_something(connection, claims):
        return claims
    try:
        bearer = {"Authorization": f"Bearer {access_token}"}
        content = guarded_http.fetch(url, account_id=connection.account_id, headers=bearer)
    except guarded_http.OutboundError as error:
        raise ProviderUnreachable(str(error)) from None
    return {**_of_same_person(_read(connection, content, verified), claims), **claims}


def _lacks_something(connection: Connection, claims: Claims) -> bool:
    names = VENDORS[connection.vendor].names("oidc", connection.attribute_names)
    wanted = [names.get(field, ()) for field in ("email", "groups")]
    wanted += [(name,) for name in connection.attribute_names.values() if name]
    return any(options and not any(name in claims for name in options) for options in wanted)


def _read(connection: Connection, content: bytes, verified: Callable[[str], Claims]) -> object:
    """A provider that signs its answers says so; one is known by its shape, for no media type gets here."""
    signs = connection.discovery.get("userinfo_signing_alg_values_supported")
    if signs and _COMPACT_JWS.fullmatch(content.strip()):
        return verified(content.strip().decode())
    try:
        return strict_json.loads(content)
    except ValueError:
        return None


def _of_same_person(found: object, claims: Claims) -> Claims:
    if not isinstance(found, dict) or found.get("sub") != claims["sub"]:
        raise LoginRefused(
            "oidc-userinfo-subject",
            "userinfo about the user of the ID token (the same sub)",
            "userinfo about somebody else" if isinstance(found, dict) else "something that is not a JSON object",
        )
    return found
