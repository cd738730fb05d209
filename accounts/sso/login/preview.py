"""What a login with these attributes would do: the same code as a real login, in a transaction that is thrown away."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction

from accounts.connections.provider import graph
from accounts.groups import graph_groups, sync_words
from accounts.groups import sync as group_sync
from accounts.groups.graph_groups import FromGraph
from accounts.groups.sync import GroupSync
from accounts.models import Connection, ExternalIdentity
from accounts.models.identity import Protocol, Vendor
from accounts.sso import masking
from accounts.sso.attributes.reading import first_text, is_texts, text_values
from accounts.sso.claims import IdentityClaims
from accounts.sso.login import received_groups
from accounts.sso.login.complete import complete_login
from accounts.sso.oidc import claims as oidc_claims
from accounts.sso.oidc import id_token, relying_party
from accounts.sso.refusal import LoginRefused
from accounts.sso.saml import claims as saml_claims
from accounts.sso.saml import service_provider
from accounts.sso.saml.checks import VerifiedAssertion
from accounts.sso.trace import Trace
from spaces.models import SpaceMembership

_EMAIL_NAME_ID = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
_NO_SUBJECT = "preview"


@dataclass(frozen=True)
class Preview:
    """`outcome`: signed-in or refused. Names of spaces with roles, and of groups."""

    outcome: str
    user: str = ""
    spaces: tuple[dict[str, str], ...] = ()
    groups_joined: tuple[str, ...] = ()
    groups_left: tuple[str, ...] = ()
    decisions: tuple[str, ...] = field(default=())


def preview_login(connection: Connection, attributes: Mapping[str, object], trace: Trace | None = None) -> Preview:
    """`attributes`: as the IdP sends them, by its own names (for SAML, `NameID` may be among them). Saves nothing."""
    trace = trace or Trace()
    try:
        return try_out(claims_of(connection, attributes, trace), connection, trace)
    except LoginRefused as refusal:
        trace.failed(refusal)
        return Preview("refused", decisions=(f"{refusal.code}: {refusal}",))


def claims_of(connection: Connection, attributes: Mapping[str, object], trace: Trace | None = None) -> IdentityClaims:
    """Claims as if these attributes had come in a message that passed every check. Raises LoginRefused."""
    attributes = masking.without_masked(attributes)
    if connection.protocol == Protocol.SAML:
        reading = service_provider.reading_of(connection)
        return saml_claims.identity_claims(_assertion(connection, attributes), reading, trace)
    now = int(time.time())
    subject = first_text(attributes, ("sub", "oid")) or _NO_SUBJECT
    tenant = oidc_claims.own_tenant(connection)
    filled: dict[str, Any] = {"sub": subject, "oid": subject, "tid": tenant, **attributes}
    if connection.vendor == Vendor.ENTRA and filled["tid"]:
        id_token.check_tenant(filled, relying_party.expected_of(connection, datetime.now(UTC)))
    # Issued now, as a token that passed every check was, whatever was pasted.
    return oidc_claims.identity(connection, {**filled, "iat": now, "jti": str(uuid4())}, _soon(), trace)


def _assertion(connection: Connection, attributes: Mapping[str, object]) -> VerifiedAssertion:
    sent = {name: value for name, value in attributes.items() if name != "NameID"}
    emails = service_provider.reading_of(connection).names.get("email", ())
    return VerifiedAssertion(
        assertion_id=str(uuid4()),
        issuer=connection.idp_entity_id,
        name_id=first_text(attributes, ("NameID", *emails)) or _NO_SUBJECT,
        name_id_format=_EMAIL_NAME_ID,
        attributes={name: text_values(value) for name, value in sent.items()},
        structured={name: value for name, value in sent.items() if not is_texts(value)},
        session_index="",
        authenticated_at=datetime.now(UTC),
        session_ends_at=None,
        expires_at=_soon(),
    )


def _soon() -> datetime:
    return datetime.now(UTC) + timedelta(minutes=5)


def try_out(claims: IdentityClaims, connection: Connection, trace: Trace | None = None) -> Preview:
    """A whole login with its group sync, of which nothing is saved. Raises LoginRefused.

    Not to be called inside a transaction: where the real sync would ask Microsoft Graph, it is asked here.
    """
    said: FromGraph | None = None
    remarks: list[str] = []
    if received_groups.asks_graph(claims, connection):
        try:
            said = graph_groups.ask(connection, claims.subject)
        except graph.GraphUnavailable as error:
            remarks = [f"Groups stay as they are until Microsoft Graph can be asked. {error}"]
    with transaction.atomic():
        done = complete_login(claims, connection, trace=trace)
        sync = _sync(done.record.identity, said)
        remarks += sync_words.sentences(sync.remarks) if said else ()
        own = SpaceMembership.objects.in_account(connection.account_id).filter(user=done.user)
        found = Preview(
            outcome=done.record.outcome,
            user=done.user.email,
            spaces=tuple(
                {"space": m.space.name, "role": m.role.name, "origin": m.origin}
                for m in own.select_related("space", "role").order_by("space__name")
            ),
            groups_joined=sync.joined,
            groups_left=sync.left,
            decisions=(*done.record.decisions, *remarks),
        )
        transaction.set_rollback(True)
    return found


def _sync(identity: ExternalIdentity | None, said: FromGraph | None) -> GroupSync:
    """`said`: what Microsoft Graph answered; None when it could not be asked, or had not to be."""
    nothing = GroupSync((), ())
    if identity is None:
        return nothing
    if not identity.groups_overage:
        return group_sync.sync_idp_groups(identity.pk) or nothing
    return (group_sync.sync_with(identity, said) if said else None) or nothing
