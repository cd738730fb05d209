"""The issuer of an OpenID provider, checked when it is saved: its discovery document is read, and the issuer that the
document names is taken or offered (OpenID Connect Discovery 1.0 section 4.3; R31). A login compares it letter for
letter, so what differs here would refuse everybody there.

Nothing here is called inside a transaction: each address may take 5 seconds.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from accounts.connections.provider import documents as provider_documents
from accounts.connections.provider import issuer_spellings
from accounts.connections.provider.documents import ProviderError
from accounts.connections.provider.settings import ENTRA_ISSUER, ProviderSettings, openid_fields, web_address
from accounts.connections.provider.tenants import as_guid, is_any_tenant, is_microsoft, is_of_many, tenant_of
from accounts.errors import ActionRefused
from accounts.models import Connection
from accounts.models.identity import Vendor
from common.outbound import guarded_http

_LONGEST = 1024  # characters, as the column is


class IssuerDiffers(ActionRefused):
    """The provider publishes another issuer than the one given. `published` may be given in its place."""

    def __init__(self, given: str, published: str) -> None:
        super().__init__(
            "issuer-differs",
            f"Expected the issuer exactly as the provider publishes it; received '{given}'."
            f" The provider publishes the issuer '{published}'. Use it?",
        )
        self.published = published


class _NotRead(Exception):
    """No discovery document; the message is a sentence. `answered`: somebody answered at that address."""

    def __init__(self, sentence: str, *, answered: bool) -> None:
        super().__init__(sentence)
        self.answered = answered


def openid_settings(
    vendor: str, *, tenant_id: str = "", issuer: str = "", client_id: str = "", flow: str = "", account_id: UUID | None
) -> ProviderSettings:
    """The fields of an OpenID Connect connection, with the issuer as the provider publishes it.

    A document that cannot be read is a warning; enabling asks for it again (`check_before_use`). `account_id`: whose
    connection it is for, None for the operator's. Raises ActionRefused, and IssuerDiffers where another is published.
    """
    tenant, address = tenant_id.strip(), web_address(issuer_spellings.cleaned(issuer), "the issuer")
    by_domain = tenant if vendor == Vendor.ENTRA and not address and not as_guid(tenant) else ""
    _offer_tenant(by_domain, address, account_id)
    fields = openid_fields(vendor, tenant_id=tenant, issuer=address, client_id=client_id, flow=flow)
    return _checked(fields, account_id) if fields["issuer"] else ProviderSettings(fields)


def check_before_use(connection: Connection) -> None:
    """Check that a connection that is to serve logins has a provider whose document can be used. Raises ActionRefused.

    `connection` may be a draft's copy. No request where the document was read before.
    """
    if not connection.issuer:
        return
    try:
        provider_documents.discover(connection)
    except ProviderError as problem:
        raise ActionRefused(
            "discovery-unreadable",
            f"Expected the discovery document of '{connection.issuer}', without which nobody can sign in through"
            f" '{connection}'. {problem} Correct the issuer on the tab “Identity provider”, or try again when the"
            " provider answers.",
        ) from None


def _offer_tenant(by_domain: str, address: str, account_id: UUID | None) -> None:
    """Entra: one of a tenant's domains, or any address of its, leads to the tenant ID. Raises IssuerDiffers."""
    asked = ENTRA_ISSUER.format(tenant=by_domain.lower()) if issuer_spellings.is_host_name(by_domain) else address
    if not is_microsoft(asked) or is_any_tenant(asked):
        return
    of_tenant = issuer_spellings.tenant_issuer(asked)
    if not of_tenant or (of_tenant == address and tenant_of(address)):
        return
    try:
        published = _published(of_tenant, account_id)
    except _NotRead:
        return
    if tenant_of(published):
        raise IssuerDiffers(by_domain or address, published)


def _checked(fields: Mapping[str, Any], account_id: UUID | None) -> ProviderSettings:
    issuer = fields["issuer"]
    try:
        published = _published(issuer, account_id)
    except _NotRead as problem:
        _offer_guess(issuer, account_id, problem)
        warning = (
            f"The discovery document of '{issuer}' could not be read: {problem} Nobody can sign in before it can be:"
            " check the issuer. It is read again when the connection is enabled or tested."
        )
        return ProviderSettings({**fields}, (warning,))
    if published == issuer:
        return ProviderSettings({**fields})
    if published.rstrip("/") == issuer.rstrip("/"):
        sentence = f"The provider publishes the issuer '{published}': saved as it is published, not '{issuer}'."
        return ProviderSettings({**fields, "issuer": published}, (sentence,))
    if is_of_many(published):
        raise ActionRefused(
            "issuer-of-many-tenants",
            f"Expected the issuer of one tenant; received '{issuer}', whose provider publishes '{published}', which"
            " stands for any. Enter the issuer that names the directory (tenant) ID.",
        )
    raise IssuerDiffers(issuer, published)


def _offer_guess(issuer: str, account_id: UUID | None, problem: _NotRead) -> None:
    """Where an address of the provider's console or of another endpoint was given. Raises IssuerDiffers, and
    ActionRefused for a console that publishes nothing."""
    for guess in issuer_spellings.guesses(issuer, answered=problem.answered):
        try:
            raise IssuerDiffers(issuer, _published(guess, account_id))
        except _NotRead:
            continue
    if issuer_spellings.is_console(issuer):
        raise ActionRefused(
            "issuer-is-admin-page",
            f"Expected the issuer of the identity provider; received '{issuer}', which is a page of its administrators."
            " Copy the issuer, or the address of the OpenID Connect metadata document, from the application there.",
        )


def _published(issuer: str, account_id: UUID | None) -> str:
    """The issuer that the document at this one's discovery address names. Raises _NotRead."""
    url = provider_documents.discovery_address(issuer)
    try:
        document = provider_documents.json_object(guarded_http.fetch(url, account_id=account_id))
    except guarded_http.OutboundError as problem:
        raise _NotRead(str(problem), answered=problem.status is not None) from None
    named = (document or {}).get("issuer")
    if not isinstance(named, str) or not _may_be_saved(named):
        raise _NotRead(f"Expected a JSON object that names an issuer at {url}; received another.", answered=True)
    return named


def _may_be_saved(issuer: str) -> bool:
    """`{tenantid}` holds braces, which no address may: it is let pass to be refused by name."""
    if len(issuer) > _LONGEST:
        return False
    if is_microsoft(issuer) and is_of_many(issuer):
        return True
    return guarded_http.is_allowed_address(issuer) and not (urlsplit(issuer).query or urlsplit(issuer).fragment)
