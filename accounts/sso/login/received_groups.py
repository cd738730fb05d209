"""What a login says about groups is kept on the identity's row, from which the sync works (`protocol.md` section 9)."""

from collections.abc import Sequence
from dataclasses import replace

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.connections import agreed_permissions
from accounts.connections.vendors import VENDORS
from accounts.groups import sync_words
from accounts.groups.matching import Action, Code, ConnectionGroups, Decision, Remark, decide, near_forms, near_misses
from accounts.models import Connection, ExternalIdentity, Group
from accounts.models.identity import Protocol, Vendor
from accounts.rights import GIVEN_BY_GROUP
from accounts.sso.attributes.reading import read_groups, settled_groups
from accounts.sso.claims import IdentityClaims
from common.folding import identifier_key

SHOWN = 20
COMPARED = 500  # received groups at most of which other spellings are looked for


def settled(claims: IdentityClaims, connection: Connection) -> IdentityClaims:
    """The claims, with one text that may be several groups or one read by what is mapped here. Mostly no query."""
    if not claims.groups_text:
        return claims
    found = read_groups(claims.groups_text)
    mapped = Group.objects.in_account(connection.account_id).filter(idp_identifier_key__in=found.in_question)
    found = settled_groups(found, set(mapped.values_list("idp_identifier_key", flat=True)))
    unread = claims.groups_unread if found.ids is None else ""
    return replace(claims, group_ids=found.ids, groups_unread=unread, groups_text="")


def remember(identity: ExternalIdentity, claims: IdentityClaims, connection: Connection) -> list[str]:
    """Stamps the row with the next sequence number when this login decides anything about groups. In sentences."""
    decision = _decide(claims, connection)
    if decision.action is not Action.NOTHING:
        identity.login_sequence += 1
        identity.groups_overage = decision.action is Action.ASK_GRAPH
    if decision.action is Action.MATCH:
        identity.group_ids = list(decision.ids)
    elif decision.action is Action.ADD_ONLY:
        identity.group_ids = list(dict.fromkeys([*(identity.group_ids or []), *decision.ids]))
    identity.last_login_at = timezone.now()
    identity.save(update_fields=["login_sequence", "groups_overage", "group_ids", "last_login_at"])
    remarks = [decision.remark] if decision.remark else []
    sentences = sync_words.sentences([*remarks, *_remarks(connection, decision)])
    if connection.groups_seen_at is None and (claims.group_ids is not None or claims.groups_overage):
        connection.groups_seen_at = timezone.now()
        unseen = Connection.objects.in_account(connection.account_id).filter(pk=connection.pk, groups_seen_at=None)
        unseen.update(groups_seen_at=connection.groups_seen_at)
    return sentences


def asks_graph(claims: IdentityClaims, connection: Connection) -> bool:
    """Whether the sync of such a login has to read the list from Microsoft Graph."""
    return _decide(claims, connection).action is Action.ASK_GRAPH


def _decide(claims: IdentityClaims, connection: Connection) -> Decision:
    vendor = VENDORS[connection.vendor]
    is_entra_by_oidc = connection.vendor == Vendor.ENTRA and connection.protocol == Protocol.OIDC
    known = ConnectionGroups(
        delivers_groups=vendor.delivers(connection.attribute_names),
        seen_before=connection.groups_seen_at is not None,
        keep_when_missing=connection.keep_groups_when_missing,
        can_ask_graph=is_entra_by_oidc and connection.has_client_credential,
        group_limit=vendor.group_limit,
        takes_client_secret=is_entra_by_oidc,
    )
    return decide(claims.group_ids, claims.groups_overage, known, claims.groups_unread)


def _remarks(connection: Connection, decision: Decision) -> list[Remark]:
    """How many of the received groups are mapped here, and which; which of them the sync leaves out; near misses."""
    if not decision.ids:
        return []
    keys = {identifier_key(value) for value in decision.ids}
    found, near = _mapped_to(connection, keys)
    received = Remark(Code.RECEIVED, count=len(keys), names=tuple(found))
    missing = {name: agreed_permissions.lacking(connection, gives or ()) for name, gives in found.items()}
    not_allowed = [
        Remark(Code.NOT_ALLOWED, name, connection=connection.name, names=of) for name, of in missing.items() if of
    ]
    return [received, *not_allowed[:SHOWN], *near_misses(decision.ids, near)]


def _mapped_to(connection: Connection, keys: set[str]) -> tuple[dict[str, Sequence[str] | None], dict[str, str]]:
    """Groups mapped to these keys: name -> what it gives; and those mapped to almost these: name -> identifier."""
    forms = {form for key in keys for form in near_forms(key)} if len(keys) <= COMPARED else set()
    mapped = Group.objects.in_account(connection.account_id).exclude(idp_identifier_key="")
    close = mapped.alias(lowered=Lower("idp_identifier_key")).filter(
        Q(idp_identifier_key__in=keys) | Q(lowered__in=forms)
    )
    rows = close.order_by("name").annotate(gives=GIVEN_BY_GROUP).values_list("name", "idp_identifier_key", "gives")
    found = list(rows)
    exact = {name: gives for name, key, gives in found if key in keys}
    return exact, {name: key for name, key, gives in found if key not in keys}
