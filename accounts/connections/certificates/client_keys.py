"""Our own key for a provider's token endpoint, in place of a client secret that ends (`private_key_jwt`).

OpenID Connect Core section 9, RFC 7523. A connection has one pair in use, and beside it a next one until the provider
has that too: both are published (RFC 7517), so no login fails while keys change over.
"""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from accounts.connections.changes import kept_certificates
from accounts.connections.provider.token_signatures import public_jwk, signed_token
from accounts.models import Connection
from accounts.models.identity import Vendor

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LIFETIME = timedelta(minutes=5)
_PREFERRED = ("PS256", "RS256")  # Entra asks for the first one; every provider has the second


def published_keys(connection: Connection) -> dict[str, Any]:
    """The JWK Set of the connection's public keys, the one in use first; empty where it has none."""
    both = (*kept_certificates(connection.sp_certificate), *kept_certificates(connection.next_certificate))
    return {"keys": [_jwk(pem) for pem in both]}


def client_assertion(connection: Connection, token_endpoint: str) -> str:
    """Return a JWT that authenticates the client (RFC 7523 section 3), signed with the connection's key.

    Raises UnreadableSecret.
    """
    now = datetime.now(UTC)
    claims = {
        "iss": connection.client_id,
        "sub": connection.client_id,
        "aud": token_endpoint,
        "jti": str(uuid4()),
        "iat": int(now.timestamp()),
        "nbf": int(now.timestamp()),
        "exp": int((now + LIFETIME).timestamp()),
    }
    return signed_token(claims, connection.sp_private_key, _algorithm(connection), _header(connection))


def thumbprint(pem: str) -> str:
    """SHA-1 of the certificate in capitals, as Entra's list of certificates shows it."""
    return hashlib.sha1(_der(pem)).hexdigest().upper()  # noqa: S324  # a name that Entra gives, no protection


def _header(connection: Connection) -> dict[str, str]:
    """Entra finds the certificate by its thumbprints, others the key by its `kid`."""
    pem = connection.sp_certificate
    if connection.vendor != Vendor.ENTRA:
        return {"kid": _sha256(pem)}
    sha1 = hashlib.sha1(_der(pem)).digest()  # noqa: S324  # as above
    return {"x5t": _b64(sha1), "x5t#S256": _sha256(pem)}


def _algorithm(connection: Connection) -> str:
    listed = connection.discovery.get("token_endpoint_auth_signing_alg_values_supported")
    if isinstance(listed, list):
        return next((name for name in _PREFERRED if name in listed), "RS256")
    return "PS256" if connection.vendor == Vendor.ENTRA else "RS256"


def _jwk(pem: str) -> dict[str, Any]:
    named = {"use": "sig", "kid": _sha256(pem), "x5c": [base64.b64encode(_der(pem)).decode()], "x5t#S256": _sha256(pem)}
    return {**public_jwk(x509.load_pem_x509_certificate(pem.encode()).public_key()), **named}


def _der(pem: str) -> bytes:
    return x509.load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER)


def _sha256(pem: str) -> str:
    return _b64(hashlib.sha256(_der(pem)).digest())


def _b64(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
