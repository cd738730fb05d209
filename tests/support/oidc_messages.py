"""An OpenID provider for tests: it publishes documents, signs ID tokens, and can do both wrongly on purpose."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from accounts.connections.provider.token_signatures import ALGORITHMS
from accounts.models import Connection, SignInTransaction
from accounts.sso.claims import IdentityClaims
from accounts.sso.oidc import relying_party
from common.outbound.guarded_http import OutboundError
from tests.support.secrets_in_logs import secret

PAYLOADS = Path(__file__).parents[1] / "payloads"
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
NONCE = "n-0S6_WzA2Mj-of-this-sign-in"
VERIFIER = "a-verifier-of-this-sign-in-that-is-long-enough-for-rfc-7636"
CODE = "code-of-this-sign-in"
ACCESS_TOKEN = "access-1"


@lru_cache
def rsa_key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """A key of that name, made once in a test run and never written anywhere."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def number(value: int) -> str:
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def jwk(name: str = "first", **changes: Any) -> dict[str, Any]:
    public = rsa_key(name).public_key().public_numbers()
    return {"kty": "RSA", "use": "sig", "kid": name, "n": number(public.n), "e": number(public.e)} | changes


def _signature(alg: object, key: Any, message: bytes) -> bytes:
    if alg == "none":
        return b""
    if alg == "HS256":
        return hmac.new(key if isinstance(key, bytes) else b"secret", message, hashlib.sha256).digest()
    known = alg if isinstance(alg, str) and alg in ALGORITHMS else "RS256"
    return bytes(ALGORITHMS[known].verifier.sign(message, key))


def sign(payload: Any, *, key: Any = None, **header: Any) -> str:
    """A compact JWS. `payload`: a JSON value, or bytes as they are; a header member of None is left out."""
    members = {"alg": "RS256", "typ": "JWT", "kid": "first"} | header
    head = json.dumps({name: value for name, value in members.items() if value is not None}).encode()
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    message = f"{b64(head)}.{b64(body)}"
    return secret(f"{message}.{b64(_signature(members['alg'], key or rsa_key('first'), message.encode()))}")


def half_hash(value: str) -> str:
    return b64(hashlib.sha256(value.encode()).digest()[:16])


def shape(path: str) -> dict[str, Any]:
    """Claims of a stored message, such as `entra/oidc/member.json`."""
    found: dict[str, Any] = json.loads((PAYLOADS / path).read_text())
    return found


@dataclass
class Web:
    """Stands in for `guarded_http.fetch`. `pages`: address -> JSON value, bytes, or an OutboundError to raise."""

    pages: dict[str, Any] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def fetch(self, url: str, **options: Any) -> bytes:
        self.requests.append((url, options))
        page = self.pages.get(url, OutboundError(f"{url} answered with status 404.", 404))
        if isinstance(page, Exception):
            raise page
        return page if isinstance(page, bytes) else json.dumps(page).encode()

    def count(self, ending: str) -> int:
        return sum(url.endswith(ending) for url, _ in self.requests)

    def sent(self, ending: str) -> dict[str, Any]:
        """The options of the last request to such an address."""
        return [options for url, options in self.requests if url.endswith(ending)][-1]


@dataclass
class Provider:
    """One connection's provider. `claims` is what the next ID token says beside the times and the nonce."""

    connection: Connection
    web: Web
    claims: dict[str, Any]

    def __post_init__(self) -> None:
        issuer = self.connection.issuer
        self.web.pages[f"{issuer}/.well-known/openid-configuration"] = self.discovery()
        self.web.pages[f"{issuer}/keys"] = {"keys": [jwk()]}

    def discovery(self, **changes: Any) -> dict[str, Any]:
        issuer = self.connection.issuer
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "userinfo_endpoint": f"{issuer}/userinfo",
            "jwks_uri": f"{issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
        } | changes

    def publish(self, page: str, value: Any) -> None:
        self.web.pages[f"{self.connection.issuer}/{page}"] = value

    def payload(self, **changes: Any) -> dict[str, Any]:
        """The claims of a good ID token for this sign-in; a change of None leaves that claim out."""
        issued = int(NOW.timestamp())
        made = {"iss": self.connection.issuer, "aud": self.connection.client_id, "nonce": NONCE}
        made |= {"iat": issued, "nbf": issued, "exp": issued + 3600}
        return {name: value for name, value in (self.claims | made | changes).items() if value is not None}

    def token(self, **changes: Any) -> str:
        return sign(self.payload(**changes))

    def transaction(self) -> SignInTransaction:
        return SignInTransaction(connection=self.connection, nonce=NONCE, code_verifier=VERIFIER)

    def read(self, now: datetime = NOW, **answer: str) -> IdentityClaims:
        """What the product makes of an answer with these fields."""
        return relying_party.read_answer(self.connection, answer, self.transaction(), now=now)

    def log_in(self, **changes: Any) -> IdentityClaims:
        """A login by the id_token flow with these claims changed."""
        return self.read(id_token=self.token(**changes))

    def log_in_by_code(self, access_token: str | None = ACCESS_TOKEN, **changes: Any) -> IdentityClaims:
        """A login by the code flow, with these claims of the ID token changed."""
        answer = {"token_type": "Bearer", "id_token": self.token(**changes)}
        self.publish("token", answer | ({"access_token": access_token} if access_token else {}))
        return self.read(code=CODE)


def at(**difference: int) -> int:
    """A NumericDate at this distance from NOW."""
    return int((NOW + timedelta(**difference)).timestamp())
