"""The registry of protocols: a new one is a module that gives these two functions, and a line here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from accounts.models import Connection, SignInTransaction
from accounts.models.identity import Protocol
from accounts.sso import oidc, saml
from accounts.sso.claims import IdentityClaims
from accounts.sso.transactions import Opened


@dataclass(frozen=True)
class ProtocolModule:
    """`start_url`: where the browser goes to sign in. `read`: an answer, verified; raises LoginRefused."""

    start_url: Callable[[Connection, Opened, str], str]
    read: Callable[[Connection, Mapping[str, str], SignInTransaction], IdentityClaims]


def _saml_start(connection: Connection, opened: Opened, login_hint: str) -> str:
    return saml.authn_request_url(connection, opened.state, opened.row.request_id, login_hint)


def _oidc_start(connection: Connection, opened: Opened, login_hint: str) -> str:
    return oidc.authorization_url(connection, opened.state, opened.row.nonce, opened.row.code_verifier, login_hint)


_MODULES: dict[str, ProtocolModule] = {
    Protocol.SAML: ProtocolModule(_saml_start, saml.read_answer),
    Protocol.OIDC: ProtocolModule(_oidc_start, oidc.read_answer),
}


def protocol_of(connection: Connection) -> ProtocolModule:
    return _MODULES[connection.protocol]
