"""Asking a provider's token endpoint, as the application that a connection is there (RFC 6749 sections 2.3.1, 3.2)."""

import base64
from collections.abc import Mapping
from urllib.parse import quote_plus

from accounts.connections.certificates.client_keys import ASSERTION_TYPE, client_assertion
from accounts.connections.provider.documents import (
    JsonObject,
    ProviderBusy,
    ProviderDocumentWrong,
    ProviderError,
    ProviderUnreachable,
    discover,
    json_object,
)
from accounts.models import Connection
from accounts.models.request_choices import ClientAuth
from common.outbound import guarded_http

_SHOWN = 300  # characters of an error description
# Form fields that must never come back in a sentence, should a provider repeat them.
_SECRET_FIELDS = ("code", "code_verifier", "client_secret", "client_assertion", "refresh_token")
WRONG_METHOD = "client_authentication"  # no code of the RFC: nothing was sent


class TokenRefused(ProviderError):
    """The token endpoint said no. `error` is its code (RFC 6749 5.2); the message quotes it with its description."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}" if description else error)
        self.error = error


def request_tokens(connection: Connection, grant: Mapping[str, str]) -> JsonObject:
    """The token endpoint's answer to this grant. Raises TokenRefused, or ProviderError when no usable answer came.

    ProviderBusy: nothing was sent, so the same grant may be tried again.
    """
    discover(connection)
    url = connection.discovery.get("token_endpoint")
    if not isinstance(url, str):
        raise ProviderDocumentWrong(f"The provider '{connection.issuer}' publishes no token endpoint.")
    form, headers = _authenticated(connection, grant, url)
    try:
        content = guarded_http.fetch(url, account_id=connection.account_id, form=form, headers=headers)
    except guarded_http.OutboundBusy as busy:
        raise ProviderBusy(str(busy)) from None
    except guarded_http.OutboundError as error:
        # A secret beside a key was not sent, and may be unreadable.
        secret = "" if connection.client_auth == ClientAuth.PRIVATE_KEY else connection.client_secret
        raise _refusal(error, {**form, "client_secret": secret}) from None
    answer = json_object(content)
    if answer is None:
        raise ProviderDocumentWrong(f"Expected a JSON object from {url}; received something else.")
    return answer


def _authenticated(connection: Connection, grant: Mapping[str, str], url: str) -> tuple[dict[str, str], dict[str, str]]:
    """The form and headers that show who is asking, in a way that the provider lists; without a list, any that the
    connection has. Raises TokenRefused when the connection has no way that is listed."""
    form = {"client_id": connection.client_id, **grant}
    # Without a list the provider takes client_secret_basic (OpenID Connect Discovery 3) or what was agreed otherwise.
    listed = connection.discovery.get("token_endpoint_auth_methods_supported")
    methods = [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []
    if connection.client_auth == ClientAuth.PRIVATE_KEY:
        _check_listed(methods, "private_key_jwt")
        assertion = client_assertion(connection, url)
        return {**form, "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}, {}
    if not connection.client_secret:
        return form, {}
    if "client_secret_post" in methods:
        return {**form, "client_secret": connection.client_secret}, {}
    _check_listed(methods, "client_secret_basic")
    pair = f"{quote_plus(connection.client_id)}:{quote_plus(connection.client_secret)}"
    return form, {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def _check_listed(methods: list[str], method: str) -> None:
    if methods and method not in methods:
        why = f"the identity provider takes {', '.join(methods)[:_SHOWN]}, and this connection has {method}"
        raise TokenRefused(WRONG_METHOD, why)


def _refusal(error: guarded_http.OutboundError, secrets: Mapping[str, str]) -> ProviderError:
    body = json_object(error.body)
    if error.status is None or error.status >= 500 or error.status == 429 or body is None:
        return ProviderUnreachable(str(error))
    return TokenRefused(
        _quoted(body.get("error"), secrets) or "an error", _quoted(body.get("error_description"), secrets)
    )


def _quoted(value: object, secrets: Mapping[str, str]) -> str:
    """A provider's own words, on one line, short, without anything secret that was sent."""
    text = value if isinstance(value, str) else ""
    for name in _SECRET_FIELDS:
        if secrets.get(name):
            text = text.replace(secrets[name], "…")
    return " ".join("".join(char if char.isprintable() else " " for char in text[: 2 * _SHOWN]).split())[:_SHOWN]
