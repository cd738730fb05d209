"""The registry of protocols: a new one is a module that gives these functions, a line here and, so that the IdP's
session ends too, one in `logout.views`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

from accounts.connections import unreadable_secrets
from accounts.models import Connection, SignInTransaction
from accounts.models.identity import Protocol
from accounts.sso.claims import IdentityClaims
from accounts.sso.oidc import relying_party
from accounts.sso.refusal import LoginRefused
from accounts.sso.saml import service_provider
from accounts.sso.saml.bindings import Outgoing
from accounts.sso.trace import Trace
from accounts.sso.transactions import Opened
from common.encryption import UnreadableSecret


@dataclass(frozen=True)
class ProtocolModule:
    """`start`: where the browser goes to sign in, and with what. `read`: an answer, verified, each
    check a step of the trace; raises LoginRefused.
    """

    start: Callable[[Connection, Opened, str], Outgoing]
    read: Callable[[Connection, Mapping[str, str], SignInTransaction, Trace], IdentityClaims]


P = ParamSpec("P")
R = TypeVar("R")


def refusing_unreadable(step: Callable[P, R]) -> Callable[P, R]:
    """The same step of a login, which is refused where it needs a secret that no present key decrypts."""

    @wraps(step)
    def with_secrets(*args: P.args, **named: P.kwargs) -> R:
        try:
            return step(*args, **named)
        except UnreadableSecret as lost:
            what = unreadable_secrets.what(lost)
            raise LoginRefused(
                "secret-unreadable",
                f"a {what} that the encryption keys of this installation decrypt",
                f"one that they do not ({lost})",
                unreadable_secrets.to_do(lost),
            ) from None

    return with_secrets


def _saml_start(connection: Connection, opened: Opened, login_hint: str) -> Outgoing:
    return service_provider.authn_request(connection, opened.state, opened.row.request_id, login_hint)


def _oidc_start(connection: Connection, opened: Opened, login_hint: str) -> Outgoing:
    row = opened.row
    return Outgoing(relying_party.authorization_url(connection, opened.state, row.nonce, row.code_verifier, login_hint))


_MODULES: dict[str, ProtocolModule] = {
    Protocol.SAML: ProtocolModule(refusing_unreadable(_saml_start), refusing_unreadable(service_provider.read_answer)),
    Protocol.OIDC: ProtocolModule(refusing_unreadable(_oidc_start), refusing_unreadable(relying_party.read_answer)),
}


def protocol_of(connection: Connection) -> ProtocolModule:
    return _MODULES[connection.protocol]
