"""PURE. What people paste where an OpenID Connect issuer belongs, and which issuer they may have meant."""

import re
from urllib.parse import urlsplit

from accounts.connections.provider.tenants import as_guid, host_of, is_microsoft, parts_of, tenant_of

# Appended by OpenID Connect Discovery 4.1; put between host and path by RFC 8414 section 3.1.
_WELL_KNOWN = re.compile(r"/\.well-known/(?:openid-configuration|oauth-authorization-server)(/[^?#]*)?(?:[?#].*)?$")
_QUOTES = "\"'“”‘’<>`"
_HOST_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]", re.IGNORECASE)
# Another address of the provider -> the issuer beside it.
_BESIDE = tuple(
    (re.compile(pattern), issuer)
    for pattern, issuer in (
        (r"(https://[^/]+?)-admin(\.okta(?:preview|-emea)?\.com)(?:/.*)?", r"\1\2"),
        (r"(https?://.+?)(?:/oauth2)?/v1/(?:authorize|token|keys|userinfo|introspect|logout)", r"\1"),  # Okta
        (r"(https?://.+?)/admin/(?:master/console/?#/)?(?!master/)([^/#?]+)(?:/.*)?", r"\1/realms/\2"),  # Keycloak
        (r"(https?://.+/realms/[^/]+)/.+", r"\1"),
        (r"https://console\.cloud\.google\.com(?:/.*)?", "https://accounts.google.com"),
        (r"http://(.+)", r"https://\1"),
    )
)
_CONSOLES = frozenset(
    "portal.azure.com aad.portal.azure.com entra.microsoft.com console.cloud.google.com admin.google.com"
    " manage.auth0.com".split()
)


def cleaned(text: str) -> str:
    """Without blanks, invisible characters and quotation marks around it, the scheme where it is left out, and the
    discovery document's own path where that was pasted."""
    address = "".join(char for char in text if char.isprintable()).strip().strip(_QUOTES).strip()
    found = _WELL_KNOWN.search(address)
    if found:
        address = address[: found.start()] + (found[1] or "")
    return f"https://{address}" if _HOST_NAME.fullmatch(address.partition("/")[0]) else address


def is_host_name(text: str) -> bool:
    return bool(_HOST_NAME.fullmatch(text))


def tenant_issuer(address: str) -> str:
    """The issuer of version 2.0 beside any address of Microsoft's that names a tenant, by ID or by domain; empty where
    none is named. An issuer of version 1.0 (`sts.windows.net`) is one as it is."""
    host, parts = host_of(address), [part for part in parts_of(address) if part]
    if not parts or not (as_guid(parts[0]) or is_host_name(parts[0])):
        return ""
    if host.startswith("sts.") and tenant_of(address) and len(parts) == 1:
        return address
    return f"https://{host}/{parts[0]}/v2.0"


def guesses(issuer: str, *, answered: bool) -> list[str]:
    """Issuers that may have been meant where this one publishes nothing, likeliest first, at most three. `answered`:
    the host did answer, so its root may be one."""
    beside = [pattern.sub(to, issuer) for pattern, to in _BESIDE if pattern.fullmatch(issuer)]
    parts = urlsplit(issuer)
    root = [f"{parts.scheme}://{parts.netloc}"] if answered and parts.path.strip("/") else []
    return [guess for guess in dict.fromkeys((*beside, *root)) if guess != issuer and not is_microsoft(guess)][:3]


def is_console(issuer: str) -> bool:
    """Whether this is an address of pages for a provider's administrators."""
    host = host_of(issuer)
    return host in _CONSOLES or "-admin.okta" in host
