"""The registry of protocols: a new one is a module that gives these functions, and a line here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from accounts.models import Connection, SignInTransaction
from accounts.models.identity import Protocol
from accounts.sso.claims import IdentityClaims
from accounts.sso.logout import oidc as oidc_logout
from accounts.sso.logout import saml as saml_single_logout
from accounts.sso.oidc import relying_party
from accounts.sso.readable_secrets import refusing_unreadable
from accounts.sso.saml import service_provider
from accounts.sso.saml.bindings import Outgoing
from accounts.sso.trace import Trace
from accounts.sso.transactions import Opened


@dataclass(frozen=True)
class ProtocolModule:
    """`start`: where the browser goes to sign in, and with what. `read`: an answer, verified, each
    check a step of the trace; raises LoginRefused.

    `logout_url`: where it goes so that the IdP's session ends too, by what was kept of the login for that: the
    session's `logout_hints`, and `idp_session`. Empty: the IdP has no such address.
    """

    start: Callable[[Connection, Opened, str], Outgoing]
    read: Callable[[Connection, Mapping[str, str], SignInTransaction, Trace], IdentityClaims]
    logout_url: Callable[[Connection, Mapping[str, str]], str]


def _saml_start(connection: Connection, opened: Opened, login_hint: str) -> Outgoing:
    return service_provider.authn_request(connection, opened.state, opened.row.request_id, login_hint)


def _oidc_start(connection: Connection, opened: Opened, login_hint: str) -> Outgoing:
    row = opened.row
    return Outgoing(relying_party.authorization_url(connection, opened.state, row.nonce, row.code_verifier, login_hint))


_MODULES: dict[str, ProtocolModule] = {
    Protocol.SAML: ProtocolModule(
        refusing_unreadable(_saml_start),
        refusing_unreadable(service_provider.read_answer),
        saml_single_logout.logout_url,
    ),
    Protocol.OIDC: ProtocolModule(
        refusing_unreadable(_oidc_start), refusing_unreadable(relying_party.read_answer), oidc_logout.logout_url
    ),
}


def protocol_of(connection: Connection) -> ProtocolModule:
    return _MODULES[connection.protocol]
