"""A running stand-in: its address, the product it answers to, its keys, and its codes."""

import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from demo.company import AZURE_CLIENT_ID, OKTA_CLIENT_ID, groups_of
from demo.faces import OidcFace, Row
from demo.safe import Safe, SigningKey
from demo.web import Refused

CODE_LIFETIME = 600  # seconds
TILES = "applications.json"  # written by the preparation, its last act
REDIRECT_PATH = "/api/accounts/idp-callback"


@dataclass(frozen=True)
class Grant:
    """What an authorization code stands for, once."""

    face: OidcFace
    client_id: str
    redirect_uri: str
    challenge: str
    nonce: str
    subject: str
    rows: list[Row]
    expires_at: float


@dataclass
class StandIn:
    """`origin` is its own, `product` the one whose addresses it answers to."""

    origin: str
    product: str
    safe: Safe
    _grants: dict[str, Grant] = field(default_factory=dict)
    _access_tokens: dict[str, float] = field(default_factory=dict)
    _sent_groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.saml_key: SigningKey = self.safe.signing_key("saml")
        self.token_key: SigningKey = self.safe.signing_key("id-token")

    @classmethod
    def at(cls, port: int, product: str, directory: Path) -> "StandIn":
        return cls(f"http://127.0.0.1:{port}", product.rstrip("/"), Safe(directory))

    @property
    def client_secret(self) -> str:
        return self.safe.secret("client-secret")

    def applications(self) -> dict[str, Any]:
        """The tiles: what the preparation wrote about the product's connections; empty without one."""
        try:
            content = json.loads((self.safe.directory / TILES).read_text())
        except (OSError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}

    def check_target(self, url: str) -> None:
        """A stand-in that signs for everybody must not send to everybody."""
        try:
            parts = urlsplit(url)
        except ValueError:
            raise Refused("The address to answer to is not an address.") from None
        if f"{parts.scheme}://{parts.netloc}" != self.product:
            raise Refused(f"This stand-in answers to addresses of {self.product} only.")

    def check_client(self, client_id: str, redirect_uri: str) -> None:
        if client_id not in (AZURE_CLIENT_ID, OKTA_CLIENT_ID):
            raise Refused("unauthorized_client: no application with this client ID is registered here.")
        if redirect_uri != self.product + REDIRECT_PATH:
            raise Refused(f"The redirect URI is not the registered one, {self.product + REDIRECT_PATH}.")

    def check_logout(self, client_id: str, redirect_uri: str) -> None:
        if client_id not in (AZURE_CLIENT_ID, OKTA_CLIENT_ID) or redirect_uri != f"{self.product}/login":
            raise Refused(f"The post logout redirect URI is not the registered one, {self.product}/login.")

    def new_code(self, grant: Grant) -> str:
        code = secrets.token_urlsafe(32)
        with self._lock:
            self._grants = {known: old for known, old in self._grants.items() if old.expires_at > time.time()}
            self._grants[code] = grant
        return code

    def take_grant(self, code: str) -> Grant | None:
        """The grant of a code that is known, unexpired and not taken before."""
        with self._lock:
            grant = self._grants.pop(code, None)
        return grant if grant and grant.expires_at > time.time() else None

    def new_access_token(self) -> str:
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._access_tokens = {known: end for known, end in self._access_tokens.items() if end > time.time()}
            self._access_tokens[token] = time.time() + 3600
        return token

    def knows_access_token(self, token: str) -> bool:
        return self._access_tokens.get(token, 0) > time.time()

    def remember_groups(self, object_id: str, values: tuple[str, ...]) -> None:
        """So that Graph tells the same as the login whose groups somebody edited."""
        with self._lock:
            self._sent_groups[object_id.lower()] = values

    def groups_of(self, object_id: str) -> tuple[str, ...] | None:
        return self._sent_groups.get(object_id.lower(), groups_of(object_id))
