"""PURE. Refusals of an OpenID Connect login that are not about the ID token itself, each with what to do about it."""

from collections.abc import Mapping
from typing import Protocol

from accounts.sso.refusal import LoginRefused, Side

_SHOWN = 300  # characters of a provider's own words

# Error codes of RFC 6749 4.1.2.1 and OpenID Connect Core 3.1.2.6, with the step that usually helps.
_STEPS = {
    "access_denied": "Assign the person to the application at the identity provider.",
    "unsupported_response_type": "Let the application issue ID tokens (Entra: Authentication, “ID tokens”), or choose "
    "the code flow on the connection.",
    "unauthorized_client": "Let the application use this flow at the identity provider.",
    "invalid_request": "Compare the redirect URI and the flow of the application with those of the connection.",
    "invalid_scope": "Let the application use the scopes openid, profile and email.",
    "server_error": "Try again later.",
    "temporarily_unavailable": "Try again later.",
    "login_required": "Sign in at the identity provider first.",
    "interaction_required": "Sign in again and answer what the identity provider asks.",
    "consent_required": "Let an administrator of the identity provider consent to the application.",
}
_TOKEN_STEPS = {
    "invalid_grant": "Start again from the sign-in page; if that does not help, compare both sides' redirect URI.",
    "invalid_client": "Enter the application's present client secret in the connection.",
    "unauthorized_client": "Enter the application's present client ID and secret in the connection.",
}
_ENTER_ISSUER = (
    "Save the issuer again on the connection's tab “Identity provider”: it is checked there, and the one that the"
    " provider publishes is offered."
)
_LOOK_THERE = "Look the error up in the identity provider's own sign-in log."


class Named(Protocol):
    issuer: str
    flow: str


def provider_said_no(answer: Mapping[str, str]) -> LoginRefused:
    """The provider sent an error instead of a login (`protocol.md` 6.2)."""
    error, description = plain(answer.get("error", "")), plain(answer.get("error_description", ""))
    quoted = f"the error “{error}”" + (f": “{description}”" if description else "")
    step = _STEPS.get(error, _LOOK_THERE)
    return LoginRefused("idp-error", "a login", quoted, Side.IDENTITY_PROVIDER, step)


def provider_failed(error: Exception, connection: Named) -> LoginRefused:
    """The provider could not be asked, or its documents are unusable; the sentence says which."""
    expected = f"the documents and keys of '{connection.issuer}'"
    if getattr(error, "needs_another_issuer", False):
        return LoginRefused("oidc-discovery", expected, str(error).rstrip("."), Side.TORQUE, _ENTER_ISSUER)
    return LoginRefused("idp-unreachable", expected, str(error).rstrip("."), Side.IDENTITY_PROVIDER, "Try again later.")


def code_refused(error: Exception) -> LoginRefused:
    """The token endpoint did not take the code or the client's credentials."""
    code = getattr(error, "error", "")
    side = Side.TORQUE if code in ("invalid_client", "unauthorized_client") else Side.IDENTITY_PROVIDER
    expected = "tokens for the code"
    return LoginRefused(
        "oidc-token-endpoint", expected, f"the error “{error}”", side, _TOKEN_STEPS.get(code, _LOOK_THERE)
    )


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
