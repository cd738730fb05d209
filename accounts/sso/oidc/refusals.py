"""PURE. Refusals of an OpenID Connect login that are not about the ID token itself, each with what to do about it."""

from collections.abc import Mapping
from typing import Protocol

from accounts.sso import provider_errors
from accounts.sso.refusal import LoginRefused, Side

_SHOWN = 300  # characters of a provider's own words

_ASK_AGAIN = "Start again from the sign-in page; if that does not help, compare both sides' redirect URI."
_ENTER_ISSUER = (
    "Save the issuer again on the connection's tab “Identity provider”: it is checked there, and the one that the"
    " provider publishes is offered."
)
_OTHER_WAY = (
    "Choose another way to authenticate the application on the connection's tab “Identity provider”, or let the"
    " application use this one."
)
_LOOK_THERE = "Look the error up in the identity provider's own sign-in log."


class Named(Protocol):
    issuer: str
    flow: str


def provider_said_no(answer: Mapping[str, str]) -> LoginRefused:
    """The provider sent an error instead of a login (`protocol.md` 6.2)."""
    error, description = plain(answer.get("error", "")), plain(answer.get("error_description", ""))
    quoted = f"the error “{error}”" + (f": “{description}”" if description else "")
    subcode = plain(answer.get("error_subcode", ""))  # Entra's "cancel"
    if subcode == "cancel":
        return provider_errors.refused_for(provider_errors.CANCELLED, "a login", quoted)
    if cause := provider_errors.cause_of((error,), description):
        return provider_errors.refused_for(cause, "a login", quoted)
    return LoginRefused("idp-error", "a login", quoted, Side.IDENTITY_PROVIDER, _LOOK_THERE)


def provider_failed(error: Exception, connection: Named) -> LoginRefused:
    """The provider could not be asked, or its documents are unusable; the sentence says which."""
    expected = f"the documents and keys of '{connection.issuer}'"
    received = str(error).rstrip(".")
    if getattr(error, "names_another_issuer", False):
        return LoginRefused("oidc-discovery", expected, received, Side.TORQUE, _ENTER_ISSUER)
    if getattr(error, "needs_another_issuer", False):
        return LoginRefused("idp-unreachable", expected, received, Side.TORQUE, _ENTER_ISSUER)
    return LoginRefused("idp-unreachable", expected, received, Side.IDENTITY_PROVIDER, "Try again later.")


def code_refused(error: Exception) -> LoginRefused:
    """The token endpoint did not take the code or the client's credentials."""
    code, quoted = getattr(error, "error", ""), f"the error “{error}”"
    if code == "client_authentication":
        return LoginRefused("oidc-token-endpoint", "tokens for the code", quoted, Side.TORQUE, _OTHER_WAY)
    cause = provider_errors.cause_of((code,), str(error))
    if cause:
        return provider_errors.refused_for(cause, "tokens for the code", quoted)
    step = _ASK_AGAIN if code == "invalid_grant" else _LOOK_THERE
    return LoginRefused("oidc-token-endpoint", "tokens for the code", quoted, Side.IDENTITY_PROVIDER, step)


def wrong_flow(expected: str, received: str, connection: Named) -> LoginRefused:
    step = f"The connection uses the flow “{connection.flow}”; set the application to the same."
    return LoginRefused("oidc-flow", expected, received, Side.IDENTITY_PROVIDER, step)


def unknown_key(key_id: str, connection: Named) -> LoginRefused:
    return LoginRefused(
        "oidc-unknown-key",
        f"a signature by a key of 2048 bits or more that '{connection.issuer}' publishes",
        f"one by the key '{plain(key_id)}'",
        Side.IDENTITY_PROVIDER,
        "If the provider has just changed its keys, try again in five minutes.",
    )


def plain(text: str) -> str:
    """Words from outside on one line, without control characters, at most 300 characters."""
    printable = "".join(char if char.isprintable() else " " for char in text[: 2 * _SHOWN])
    return " ".join(printable.split())[:_SHOWN]
