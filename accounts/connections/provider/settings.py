"""What an identity provider says of itself, read into the fields of a connection, for commands and pages alike.

Nothing here is called inside a transaction: metadata at an address may take 5 seconds.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accounts.connections.certificates.certificates import CertificateError, Signers, signers_in
from accounts.connections.changes import check_values
from accounts.connections.provider.saml_metadata import MetadataError, SeveralProviders, is_web_address, read_metadata
from accounts.connections.provider.tenants import as_guid, is_of_many, tenant_of
from accounts.errors import ActionRefused
from accounts.models import Connection
from accounts.models.identity import OidcFlow, Vendor
from common.outbound import guarded_http

PUBLIC_CLIENT = (
    "No client secret is kept. Code with PKCE needs one, except where the identity provider has this application as a"
    " public client; the flow id_token needs none."
)
_CONTEXT = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[!-~]{1,200}")
_MOST_CONTEXTS = 8
ENTRA_ISSUER = "https://login.microsoftonline.com/{tenant}/v2.0"


class ProviderNotChosen(ActionRefused):
    """The metadata describe several identity providers: one of `entity_ids` has to be named."""

    def __init__(self, sentence: str, entity_ids: tuple[str, ...]) -> None:
        super().__init__("provider-not-chosen", sentence)
        self.entity_ids = entity_ids


@dataclass(frozen=True)
class ProviderSettings:
    """`fields`: of a Connection, by name; `warnings`: sentences about what an admin should look at."""

    fields: dict[str, Any]
    warnings: tuple[str, ...] = ()


def from_metadata_address(url: str, entity_id: str = "", *, account_id: UUID | None) -> ProviderSettings:
    """Metadata fetched from its address, which is kept and read again every hour; of several providers the chosen one
    is followed. Raises ActionRefused, and ProviderNotChosen where `entity_id` has to name one of several.

    `account_id`: whose connection it is for; None: the operator reads it, for an account that may not be there yet.
    """
    try:
        document = guarded_http.fetch(url, account_id=account_id)
    except guarded_http.OutboundError as problem:
        raise ActionRefused("metadata-unreachable", str(problem)) from None
    return from_metadata(document, entity_id, url=url)


def from_metadata(document: bytes, entity_id: str = "", *, url: str = "") -> ProviderSettings:
    """Metadata from a file, or read at `url`. Raises ActionRefused, and ProviderNotChosen as above."""
    try:
        found = read_metadata(document, entity_id)
    except SeveralProviders as several:
        raise ProviderNotChosen(str(several), several.entity_ids) from None
    except MetadataError as problem:
        raise ActionRefused("metadata-invalid", str(problem)) from None
    return ProviderSettings({**found.fields(), "metadata_url": url}, found.warnings)


def certificates_in(texts: Iterable[str], beside: Sequence[str] = ()) -> Signers:
    """From PEM or bare base64; `beside`: PEM of those that are there already. Raises ActionRefused."""
    try:
        return signers_in(texts, beside)
    except CertificateError as problem:
        raise ActionRefused("certificate-invalid", str(problem)) from None


def web_address(text: str, what: str) -> str:
    """The address, or "" for none. `what` names it in the refusal. Raises ActionRefused."""
    address = text.strip()
    if address and not is_web_address(address):
        raise ActionRefused("address-invalid", f"Expected {what} as an http(s) address; received '{address}'.")
    return address


def authn_contexts(text: str) -> str:
    """Class references for RequestedAuthnContext, from lines or words to how a connection keeps them.

    Raises ActionRefused.
    """
    named = list(dict.fromkeys(text.split()))
    wrong = [name for name in named if not _CONTEXT.fullmatch(name)]
    if wrong or len(named) > _MOST_CONTEXTS:
        received = f"'{wrong[0][:100]}'" if wrong else f"{len(named)}"
        raise ActionRefused(
            "authentication-contexts-invalid",
            f"Expected up to {_MOST_CONTEXTS} authentication contexts, each a URI such as"
            f" urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport; received {received}.",
        )
    return " ".join(named)


def openid_fields(
    vendor: str, *, tenant_id: str = "", issuer: str = "", client_id: str = "", flow: str = ""
) -> dict[str, Any]:
    """The fields of an OpenID Connect connection. Of Entra's tenant and issuer one follows from the other; without
    `flow` it is code with PKCE.

    Raises ActionRefused.
    """
    tenant, issuer = tenant_id.strip().lower(), issuer.strip()
    if vendor == Vendor.ENTRA:
        tenant, issuer = _one_tenant(tenant, issuer)
    return {"issuer": issuer, "tenant_id": tenant, "client_id": client_id.strip(), "flow": flow or OidcFlow.CODE}


def request_fields(
    *,
    extra_scopes: str = "",
    prompt: str = "",
    max_age: int | None = None,
    acr_values: str = "",
    omit_login_hint: bool = False,
) -> dict[str, Any]:
    """What a connection's requests ask for (OpenID Connect Core 3.1.2.1). Raises ActionRefused."""
    fields = {
        "extra_scopes": " ".join(extra_scopes.split()),
        "prompt": prompt,
        "max_age": max_age,
        "acr_values": " ".join(acr_values.split()),
        "omit_login_hint": omit_login_hint,
    }
    check_values(Connection(**fields), fields)
    return fields


def _one_tenant(tenant: str, issuer: str) -> tuple[str, str]:
    """Tenant ID and issuer of Entra, each from the other where it is not given. Raises ActionRefused."""
    if not issuer:
        if not as_guid(tenant):
            raise ActionRefused(
                "tenant-id-invalid",
                f"Expected the directory (tenant) ID, a GUID shown on the app's overview; received '{tenant}'.",
            )
        return tenant, ENTRA_ISSUER.format(tenant=tenant)
    if is_of_many(issuer):
        raise ActionRefused(
            "issuer-of-many-tenants",
            f"Expected the issuer of one tenant; received '{issuer}', which stands for any. Leave the issuer empty and"
            " enter the directory (tenant) ID.",
        )
    named = tenant_of(issuer)
    if named and tenant and named != tenant:
        raise ActionRefused(
            "tenant-issuer-mismatch",
            f"Expected the tenant ID and the issuer to name the same tenant; received '{tenant}' and '{named}'.",
        )
    return tenant or named, issuer
