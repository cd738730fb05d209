"""The verbs about an identity provider's certificates, which change a draft where the connection is live."""

from django.db import transaction

from accounts.errors import ActionRefused
from accounts.models import Connection
from accounts.models.identity import ConnectionState
from accounts.services.audit import Actor
from accounts.services.connection_changes import present
from accounts.services.connection_drafts import change_settings, with_draft
from accounts.services.connections import locked
from accounts.services.provider_settings import certificates_in
from accounts.sso.certificates import fingerprint


@transaction.atomic
def add_certificates(connection: Connection, text: str, *, acting: Actor) -> int:
    """Beside those there are, so that the IdP can change over at any moment; gives how many are new.

    Raises ActionRefused for a text without a usable certificate, and for more than 20 in all.
    """
    seen = with_draft(locked(connection))
    before = present(seen.idp_certificates)
    together = certificates_in([*before, text])
    certificates_in([together])  # all of them are read at each login
    change_settings(connection, {"idp_certificates": together}, acting=acting)
    return len(present(together)) - len(before)


@transaction.atomic
def remove_certificate(connection: Connection, with_fingerprint: str, *, acting: Actor) -> None:
    """Signatures with that key are refused from then on. Raises ActionRefused for the last one, unless it was never
    live."""
    seen = with_draft(locked(connection))
    before = present(seen.idp_certificates)
    after = [pem for pem in before if fingerprint(pem) != with_fingerprint]
    if len(after) == len(before):
        raise ActionRefused("That certificate is not there any more.")
    if not after and seen.state != ConnectionState.DRAFT:
        raise ActionRefused(
            f"This is the last certificate of '{seen}', without which nobody could sign in. Add the new one first."
        )
    change_settings(connection, {"idp_certificates": "".join(after)}, acting=acting)
