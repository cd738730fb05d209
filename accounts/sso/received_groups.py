"""What a login says about groups is kept on the identity's row, from which the sync works (`protocol.md` section 9)."""

from collections.abc import Mapping, Sequence

from django.utils import timezone

from accounts.group_matching import Action, ConnectionGroups, Decision, decide, identifier_key
from accounts.models import Connection, ExternalIdentity, Group
from accounts.models.identity import Protocol, Vendor
from accounts.services import agreed_permissions
from accounts.services.rights import GIVEN_BY_GROUP
from accounts.sso.claims import IdentityClaims
from accounts.vendors import VENDORS

SHOWN = 20


def remember(
    identity: ExternalIdentity, claims: IdentityClaims, connection: Connection, decisions: list[str]
) -> Decision:
    """Stamps the row with the next sequence number when this login decides anything about groups."""
    decision = decide(claims.group_ids, claims.groups_overage, _known_of(connection))
    if decision.action is not Action.NOTHING:
        identity.login_sequence += 1
        identity.groups_overage = decision.action is Action.ASK_GRAPH
    if decision.action is Action.MATCH:
        identity.group_ids = list(decision.ids)
    elif decision.action is Action.ADD_ONLY:
        identity.group_ids = list(dict.fromkeys([*(identity.group_ids or []), *decision.ids]))
    identity.last_login_at = timezone.now()
    identity.save(update_fields=["login_sequence", "groups_overage", "group_ids", "last_login_at"])
    decisions += [sentence for sentence in (decision.sentence, *_told(connection, decision)) if sentence]
    _note_groups_seen(connection, claims)
    return decision


def asks_graph(claims: IdentityClaims, connection: Connection) -> bool:
    """Whether the sync of such a login has to read the list from Microsoft Graph."""
    decision = decide(claims.group_ids, claims.groups_overage, _known_of(connection))
    return decision.action is Action.ASK_GRAPH


def _known_of(connection: Connection) -> ConnectionGroups:
    vendor = VENDORS[connection.vendor]
    return ConnectionGroups(
        delivers_groups=vendor.delivers(connection.attribute_names),
        seen_before=connection.groups_seen_at is not None,
        keep_when_missing=connection.keep_groups_when_missing,
        can_ask_graph=_may_ask_graph(connection),
        group_limit=vendor.group_limit,
    )


def _may_ask_graph(connection: Connection) -> bool:
    is_entra = connection.vendor == Vendor.ENTRA and connection.protocol == Protocol.OIDC
    return is_entra and connection.has_client_secret


def _note_groups_seen(connection: Connection, claims: IdentityClaims) -> None:
    if connection.groups_seen_at is None and (claims.group_ids is not None or claims.groups_overage):
        connection.groups_seen_at = timezone.now()
        Connection.objects.filter(pk=connection.pk, groups_seen_at=None).update(
            groups_seen_at=connection.groups_seen_at
        )


def _told(connection: Connection, decision: Decision) -> list[str]:
    """How many of the received groups are mapped here, and which; and which of them the sync leaves out."""
    if not decision.ids:
        return []
    keys = {identifier_key(value) for value in decision.ids}
    mapped = Group.objects.in_account(connection.account_id).filter(idp_identifier_key__in=keys)
    found = dict(mapped.order_by("name").annotate(gives=GIVEN_BY_GROUP).values_list("name", "gives"))
    names = list(found)
    shown = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
    received = f"{len(keys)} groups received, {len(names)} of them mapped here" + (f": {shown}." if names else ".")
    return [received, *_not_agreed(connection, found)[:SHOWN]]


def _not_agreed(connection: Connection, found: Mapping[str, Sequence[str] | None]) -> list[str]:
    missing = {name: agreed_permissions.lacking(connection, gives or ()) for name, gives in found.items()}
    return [agreed_permissions.why_not(f"Group '{name}'", of, connection) for name, of in missing.items() if of]
