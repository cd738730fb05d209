"""Asking a provider's token endpoint, as the application that a connection is there (RFC 6749 sections 2.3.1, 3.2)."""

import base64
from collections.abc import Mapping
from urllib.parse import quote_plus

from accounts.models import Connection
from accounts.services.provider_documents import (
    JsonObject,
    ProviderBusy,
    ProviderDocumentWrong,
    ProviderError,
    ProviderUnreachable,
    discover,
)
from torque_sso import outbound, strict_json

_SHOWN = 300  # characters of an error description
# Form fields that must never come back in a sentence, should a provider repeat them.
_SECRET_FIELDS = ("code", "code_verifier", "client_secret", "refresh_token")


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
    form, headers = _authenticated(connection, grant)
    try:
        content = outbound.fetch(url, account_id=connection.account_id, form=form, headers=headers)
    except outbound.OutboundBusy as busy:
        raise ProviderBusy(str(busy)) from None
    except outbound.OutboundError as error:
        raise _refusal(error, {**form, "client_secret": connection.client_secret}) from None
    return _json_object(content, url)


def _authenticated(connection: Connection, grant: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The form and headers that prove who is asking, in the way that the provider lists; absent means basic."""
    form = {"client_id": connection.client_id, **grant}
    if not connection.client_secret:
        return form, {}
    methods = connection.discovery.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    if "client_secret_post" in methods:
        return {**form, "client_secret": connection.client_secret}, {}
    pair = f"{quote_plus(connection.client_id)}:{quote_plus(connection.client_secret)}"
    return form, {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def _refusal(error: outbound.OutboundError, secrets: Mapping[str, str]) -> ProviderError:
    try:
        body = strict_json.loads(error.body)
    except ValueError:
        body = None
    if error.status is None or error.status >= 500 or error.status == 429 or not isinstance(body, dict):
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


def _json_object(content: bytes, url: str) -> JsonObject:
    try:
        answer = strict_json.loads(content)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise ProviderDocumentWrong(f"Expected a JSON object from {url}; received something else.")
    return answer
