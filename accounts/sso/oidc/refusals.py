"""PURE. Refusals of an OpenID Connect login that are not about the ID token itself, each with what to do about it."""

from collections.abc import Mapping
from typing import Protocol

from accounts.sso import provider_errors
from accounts.sso.refusal import LoginRefused
from accounts.sso.refusals.catalogue import CATALOGUE
from accounts.sso.refusals.row import Side

_SHOWN = 300  # characters of a provider's own words

_ASK_AGAIN = "Start again from the sign-in page; if that does not help, compare both sides' redirect URI."
_OTHER_WAY = (
    "Choose another way to authenticate the application on the connection's tab “Identity provider”, or let the"
    " application use this one."
)


class Named(Protocol):
    issuer: str
    flow: str


def provider_said_no(answer: Mapping[str, str]) -> LoginRefused:
    """The provider sent an error instead of a login (`protocol.md` 6.2)."""
    error, description = plain(answer.get("error", "")), plain(answer.get("error_description", ""))
    quoted = f"the error “{error}”" + (f": “{description}”" if description else "")
    subcode = plain(answer.get("error_subcode", ""))  # Entra's "cancel"
    code = "idp-cancelled" if subcode == "cancel" else provider_errors.code_for((error,), description)
    return LoginRefused(code or "idp-error", "a login", quoted)


def provider_failed(error: Exception, connection: Named) -> LoginRefused:
    """The provider could not be asked, or its documents are unusable; the sentence says which."""
    expected = f"the documents and keys of '{connection.issuer}'"
    received = str(error).rstrip(".")
    if getattr(error, "names_another_issuer", False):
        return LoginRefused("oidc-discovery", expected, received)
    if getattr(error, "needs_another_issuer", False):
        return LoginRefused(
            "idp-unreachable", expected, received, CATALOGUE["oidc-discovery"].next_step, side=Side.TORQUE
        )
    return LoginRefused("idp-unreachable", expected, received)


def code_refused(error: Exception) -> LoginRefused:
    """The token endpoint did not take the code or the client's credentials."""
    code, quoted = getattr(error, "error", ""), f"the error “{error}”"
    if code == "client_authentication":
        return LoginRefused("oidc-token-endpoint", "tokens for the code", quoted, _OTHER_WAY, side=Side.TORQUE)
    if known := provider_errors.code_for((code,), str(error)):
        return LoginRefused(known, "tokens for the code", quoted)
    step = _ASK_AGAIN if code == "invalid_grant" else ""
    return LoginRefused("oidc-token-endpoint", "tokens for the code", quoted, step)


def wrong_flow(expected: str, received: str, connection: Named) -> LoginRefused:
    step = f"The connection uses the flow “{connection.flow}”; set the application to the same."
    return LoginRefused("oidc-flow", expected, received, step)


def unknown_key(key_id: str, connection: Named) -> LoginRefused:
    expected = f"a signature by a key of 2048 bits or more that '{connection.issuer}' publishes"
    return LoginRefused("oidc-unknown-key", expected, f"one by the key '{plain(key_id)}'")


def plain(text: str) -> str:
    """Words from outside on one line, without control characters, at most 300 characters."""
    printable = "".join(char if char.isprintable() else " " for char in text[: 2 * _SHOWN])
    return " ".join(printable.split())[:_SHOWN]
