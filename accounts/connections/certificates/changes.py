"""Changes of certificates: the provider's, in a draft where the connection is live, and our own."""

from dataclasses import replace

from django.db import transaction

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.connections.certificates.certificates import (
    MAX_CERTIFICATES,
    Signers,
    fingerprint,
    new_service_provider_key,
)
from accounts.connections.changes import kept_certificates
from accounts.connections.connections import locked
from accounts.connections.drafts import change_settings, with_draft
from accounts.connections.provider.settings import certificates_in
from accounts.errors import ActionRefused
from accounts.models import Connection
from accounts.models.identity import ConnectionState, Protocol
from common.encryption import unreadable_fields


@transaction.atomic
def add_certificates(connection: Connection, text: str, *, acting: Actor) -> Signers:
    """Beside those there are, so that the IdP can switch at any time; returns those that are new.

    Raises ActionRefused for a text without a usable certificate, and for more than 20 in all.
    """
    seen = with_draft(locked(connection))
    before = kept_certificates(seen.idp_certificates)
    found = certificates_in([text], beside=before)
    new = tuple(pem for pem in found.certificates if pem not in before)
    if len(before) + len(new) > MAX_CERTIFICATES:  # all of them are read at each login
        raise ActionRefused(
            "too-many-certificates",
            f"Expected at most {MAX_CERTIFICATES} certificates; with these it has {len(before) + len(new)}."
            " Remove those that the identity provider does not use any more.",
        )
    change_settings(connection, {"idp_certificates": "".join((*before, *new))}, acting=acting)
    return replace(found, certificates=new)


@transaction.atomic
def remove_certificate(connection: Connection, with_fingerprint: str, *, acting: Actor) -> None:
    """Signatures with that key are refused from then on. Raises ActionRefused for the last one, unless it was never
    live."""
    seen = with_draft(locked(connection))
    before = kept_certificates(seen.idp_certificates)
    after = [pem for pem in before if fingerprint(pem) != with_fingerprint]
    if len(after) == len(before):
        raise ActionRefused("certificate-gone", "That certificate is not there any more.")
    if not after and seen.state != ConnectionState.DRAFT:
        raise ActionRefused(
            "last-certificate",
            f"This is the last certificate of '{seen}', without which nobody could sign in. Add the new one first.",
        )
    change_settings(connection, {"idp_certificates": "".join(after)}, acting=acting)


@transaction.atomic
def replace_lost_key(connection: Connection, *, acting: Actor) -> None:
    """A new private key and certificate of our own. Raises ActionRefused unless the present key cannot be read."""
    row = locked(connection)
    if not any(lost.name == "sp_private_key" for lost in unreadable_fields(row)):
        raise ActionRefused(
            "private-key-readable",
            f"The private key of '{row}' can be read, so it stays: a new one would end signed requests.",
        )
    row.sp_private_key, row.sp_certificate = new_service_provider_key("Torque SSO")
    row.save(update_fields=["sp_private_key", "sp_certificate"])
    audit.record(acting, "connection.own-key-replaced", row, {"private_key": ["cannot be read", "replaced"]})


@transaction.atomic
def make_client_key(connection: Connection, *, acting: Actor) -> None:
    """A new key pair: in use at once where there is none that can be read, else the next one. Raises ActionRefused."""
    row = _openid(connection)
    lost = {field.name for field in unreadable_fields(row)}
    is_first = not row.sp_certificate or "sp_private_key" in lost
    key, certificate = ("sp_private_key", "sp_certificate") if is_first else ("next_private_key", "next_certificate")
    before = getattr(row, certificate)
    private_key, public = new_service_provider_key("Torque SSO")
    setattr(row, key, private_key)
    setattr(row, certificate, public)
    row.save(update_fields=[key, certificate])
    audit.record(acting, "connection.client-key-made", row, {certificate: [_shown(before), _shown(public)]})


@transaction.atomic
def use_next_client_key(connection: Connection, *, acting: Actor) -> None:
    """From now on requests are signed with the next key; the one so far is deleted. Raises ActionRefused."""
    row = _openid(connection)
    if not row.next_certificate:
        raise ActionRefused("next-key-missing", f"'{row}' has no next key. Make one first.")
    if any(field.name == "next_private_key" for field in unreadable_fields(row)):
        raise ActionRefused("next-key-unreadable", f"The next key of '{row}' cannot be read. Make another one.")
    changes = {"sp_certificate": [_shown(row.sp_certificate), _shown(row.next_certificate)]}
    row.sp_private_key, row.sp_certificate = row.next_private_key, row.next_certificate
    row.next_private_key = row.next_certificate = ""
    row.save(update_fields=["sp_private_key", "sp_certificate", "next_private_key", "next_certificate"])
    audit.record(acting, "connection.client-key-replaced", row, changes)


def _openid(connection: Connection) -> Connection:
    row = locked(connection)
    if row.protocol != Protocol.OIDC:
        raise ActionRefused(
            "connection-not-openid", f"Expected an OpenID Connect connection; '{row}' is {row.get_protocol_display()}."
        )
    return row


def _shown(pem: str) -> str | None:
    return fingerprint(pem) if pem else None
