"""OpenID Connect as the two vendors send it: discovery, JWK Set and ID tokens (`protocol.md` sections 6, 7 and 9)."""

import base64
import hashlib
import time
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from demo.company import TENANT_ID
from demo.faces import OidcFace, Row
from demo.safe import SigningKey

LIFETIME = 3600  # seconds
FRONT_CHANNEL_GROUPS, CODE_FLOW_GROUPS = 5, 200  # Entra's longest lists
OKTA_GROUPS = 100


def discovery(face: OidcFace, origin: str) -> dict[str, Any]:
    """The provider's configuration document."""
    return {
        "issuer": origin + face.issuer_path,
        "authorization_endpoint": origin + face.authorize_path,
        "token_endpoint": origin + face.token_path,
        "end_session_endpoint": origin + face.logout_path,
        "jwks_uri": origin + face.keys_path,
        "response_types_supported": ["code", "id_token"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "scopes_supported": ["openid", "profile", "email", "groups", "offline_access"],
    }


def key_set(key: SigningKey) -> dict[str, Any]:
    public = x509.load_pem_x509_certificate(key.certificate_pem).public_key()
    if not isinstance(public, rsa.RSAPublicKey):
        raise TypeError("the stand-in signs with RSA keys only")
    numbers = jwt.algorithms.RSAAlgorithm.to_jwk(public, as_dict=True)
    return {"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": key.key_id, **numbers}]}


@dataclass(frozen=True)
class TokenRequest:
    """What an ID token is asked for. `front_channel`: it travels through the browser (id_token flow)."""

    issuer: str
    client_id: str
    nonce: str
    front_channel: bool


def id_token(face: OidcFace, key: SigningKey, request: TokenRequest, subject: str, rows: list[Row]) -> str:
    """Signed RS256. The protocol's own claims win over a row of the same name."""
    claims = {**_person_claims(face, request, subject, rows), **_protocol_claims(face, request, subject)}
    return jwt.encode(claims, key.private_pem, algorithm="RS256", headers={"kid": key.key_id})


def _protocol_claims(face: OidcFace, request: TokenRequest, subject: str) -> dict[str, Any]:
    now = int(time.time())
    claims: dict[str, Any] = {"iss": request.issuer, "aud": request.client_id, "iat": now, "nbf": now}
    claims |= {"exp": now + LIFETIME, "sub": subject}
    if request.nonce:
        claims["nonce"] = request.nonce
    if face.object_ids:
        claims |= {"tid": TENANT_ID, "oid": subject, "sub": _pairwise(subject, request.client_id), "ver": "2.0"}
    return claims


def _pairwise(object_id: str, client_id: str) -> str:
    """Entra's `sub` differs in every application."""
    digest = hashlib.sha256(f"{object_id} {client_id}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _person_claims(face: OidcFace, request: TokenRequest, subject: str, rows: list[Row]) -> dict[str, Any]:
    claims: dict[str, Any] = {}
    for row in rows:
        if not row.left_out:
            claims |= _groups(face, request, subject, row) if row.name == face.groups_name else {row.name: _json(row)}
    return claims


def _json(row: Row) -> str | list[str]:
    """A single value is a string, several are an array: a claim can be either (`protocol.md` 6.6)."""
    return "".join(row.values) if len(row.values) < 2 else list(row.values)


def _groups(face: OidcFace, request: TokenRequest, subject: str, row: Row) -> dict[str, Any]:
    """Always an array; too long a list becomes a mark (Entra) or is cut without a word (Okta)."""
    values = list(row.values)
    if not face.object_ids:
        return {row.name: values[:OKTA_GROUPS]}
    if len(values) <= (FRONT_CHANNEL_GROUPS if request.front_channel else CODE_FLOW_GROUPS):
        return {row.name: values}
    if request.front_channel:
        return {"hasgroups": True}
    # The retired address that older tokens carry: a product that calls it fails here.
    endpoint = f"https://graph.windows.net/{TENANT_ID}/users/{subject}/getMemberObjects"
    return {"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": endpoint}}}
