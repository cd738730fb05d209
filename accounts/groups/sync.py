"""Groups follow the latest login (`protocol.md` section 9).

The identity's row says what the IdP last named; the sync reads that, never a message, so it may run twice, late or
in any order and ends in the state of the latest login. It touches only memberships that an earlier sync made.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F, FilteredRelation, Q
from django.utils import timezone

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.connections import agreed_permissions
from accounts.groups import graph_groups, matching, sync_words
from accounts.groups.graph_groups import FromGraph
from accounts.groups.matching import Code, Remark
from accounts.models import AuditEntry, Connection, ExternalIdentity, Group, GroupMembership, LoginRecord, Origin
from accounts.models.identity import ConnectionState
from accounts.models.user import UserState
from accounts.rights import GIVEN_BY_GROUP
from common.db import statements
from common.folding import identifier_key


@dataclass(frozen=True)
class GroupSync:
    """Names of the groups that were joined and left. `remarks`: groups that give more than was allowed, and what
    Microsoft Graph does not say."""

    joined: tuple[str, ...]
    left: tuple[str, ...]
    remarks: tuple[Remark, ...] = ()


class _CutOff(Exception):
    """The IdP sent too many groups to name them: they have to be read from Microsoft Graph."""

    def __init__(self, identity: ExternalIdentity) -> None:
        self.identity = identity


@dataclass(frozen=True)
class _Candidate:
    group_id: UUID
    name: str
    key: str
    gives: frozenset[str]  # account permissions


def sync_idp_groups(identity_id: UUID) -> GroupSync | None:
    """Sync the user's mapped groups with their latest login; None when that is done already.

    Raises GraphUnavailable when the list has to be read from Microsoft Graph and cannot be; nothing is changed then.
    """
    try:
        return _apply(identity_id)
    except _CutOff as cut_off:  # its transaction is over: none is held open around the network
        identity = cut_off.identity
    said = graph_groups.ask(identity.connection, identity.subject)
    return _apply(identity_id, said, identity.login_sequence)


def sync_with(identity: ExternalIdentity, said: FromGraph) -> GroupSync | None:
    """The same, with what Microsoft Graph said of this login already; the network is not asked."""
    return _apply(identity.pk, said, identity.login_sequence)


def due_identities(limit: int = 500) -> list[UUID]:
    """Identities whose latest login named groups that are not synced yet, longest waiting first."""
    due = ExternalIdentity.objects.filter(synced_sequence__lt=F("login_sequence"))
    return list(due.order_by(F("sync_tried_at").asc(nulls_first=True)).values_list("id", flat=True)[:limit])


def note_attempt(identity_id: UUID) -> None:
    """Counts an attempt that failed, so that the sweep takes others first and an operator can see it."""
    ExternalIdentity.objects.filter(pk=identity_id).update(
        sync_attempts=F("sync_attempts") + 1, sync_tried_at=timezone.now()
    )


@transaction.atomic
def _apply(identity_id: UUID, from_graph: FromGraph | None = None, of_login: int = 0) -> GroupSync | None:
    """`from_graph`: what Microsoft Graph said of this login, if it was asked. Raises _CutOff when it has to be."""
    identities = list(
        ExternalIdentity.objects.filter(user__identities=identity_id)
        .select_related("connection")
        .select_for_update(of=("self",))
        .order_by("id")
    )
    identity = next((entry for entry in identities if entry.id == identity_id), None)
    if identity is None or identity.synced_sequence >= identity.login_sequence:
        return None
    if identity.groups_overage:
        if from_graph is None:
            raise _CutOff(identity)
        if identity.login_sequence != of_login:
            return None  # a newer login came meanwhile; its own task, or the sweep, reads Graph again
        identity.group_ids = list(from_graph.ids)
        identity.groups_overage = False
    sync = GroupSync((), ())
    # Read now: beside the identities it would be as it was before this had to wait for them (`users.locking`).
    if identity.user.state != UserState.DEPROVISIONED:
        sync = _match(identity, _said_by(identities), from_graph)
    identity.synced_sequence, identity.sync_attempts = identity.login_sequence, 0
    done = statements.updating(identity, ["group_ids", "groups_overage", "synced_sequence", "sync_attempts"])
    statements.write(done, *([statements.inserting([_entry(identity, sync)])] if sync.joined or sync.left else []))
    if from_graph is not None and sync.remarks:
        _add_to_login_record(identity, sync_words.sentences(sync.remarks))
    return sync


def _entry(identity: ExternalIdentity, sync: GroupSync) -> AuditEntry:
    changes = {"joined": audit.shortened(sync.joined), "left": audit.shortened(sync.left)}
    return audit.entry(Actor(f"login through {identity.connection.name}"), "user.groups-synced", identity.user, changes)


def _add_to_login_record(identity: ExternalIdentity, sentences: Collection[str]) -> None:
    """Remarks that are known once Microsoft Graph was asked."""
    records = LoginRecord.objects.in_account(identity.account_id).filter(identity=identity)
    record = records.filter(login_sequence=identity.login_sequence).only("decisions").first()
    if record is not None:
        record.decisions = [*record.decisions, *sentences]
        record.save(update_fields=["decisions"])


def _said_by(identities: list[ExternalIdentity]) -> dict[str, list[Connection]]:
    """Each group that any of a person's live connections names, and which do: one must not take away what another
    gives."""
    said: dict[str, list[Connection]] = {}
    for entry in identities:
        if entry.connection.state != ConnectionState.DISABLED:
            for value in entry.group_ids or ():
                said.setdefault(identifier_key(value), []).append(entry.connection)
    return said


def _match(
    identity: ExternalIdentity, said: dict[str, list[Connection]], from_graph: FromGraph | None = None
) -> GroupSync:
    keys = said.keys()
    looked_for = {*keys, *from_graph.names} if from_graph else keys
    rows = (
        Group.objects.in_account(identity.account_id)
        .exclude(idp_identifier_key="")
        .annotate(own=FilteredRelation("memberships", condition=Q(memberships__user=identity.user_id)))
        .annotate(gives=GIVEN_BY_GROUP)
        .filter(Q(idp_identifier_key__in=looked_for) | Q(own__isnull=False))
        .values_list("id", "name", "idp_identifier_key", "own__origin", "gives")
    )
    mapped: dict[str, _Candidate] = {}
    present, by_hand = [], set()
    for group_id, name, key, origin, gives in rows:
        mapped[key] = candidate = _Candidate(group_id, name, key, frozenset(gives or ()))
        if origin == Origin.IDP:
            present.append(candidate)
        elif origin:
            by_hand.add(candidate)
    if from_graph:
        _add_names(identity, said, from_graph, mapped, present)
    change = matching.match(keys, mapped, present)
    new = [candidate for candidate in change.joins if candidate not in by_hand]
    refused = {c: why for c in new if (why := _why_not(c, said[c.key]))}
    joins = [candidate for candidate in new if candidate not in refused]
    _write(identity, joins, change.leaves)
    return GroupSync(
        tuple(sorted(c.name for c in joins)),
        tuple(sorted(c.name for c in change.leaves)),
        (*refused.values(), *(_not_said(from_graph, mapped, by_hand) if from_graph else ())),
    )


def _add_names(
    identity: ExternalIdentity,
    said: dict[str, list[Connection]],
    from_graph: FromGraph,
    mapped: Mapping[str, _Candidate],
    present: Collection[_Candidate],
) -> None:
    """Names by which Microsoft Graph puts the person into a mapped group, or leaves them there, count as received."""
    kept = {candidate.key for candidate in present if from_graph.keeps(candidate.key)}
    added = sorted(key for key in mapped if key not in said and (key in kept or key in from_graph.directory))
    said.update({key: [identity.connection] for key in added})
    identity.group_ids = [*(identity.group_ids or ()), *added]


def _not_said(
    from_graph: FromGraph, mapped: Mapping[str, _Candidate], by_hand: Collection[_Candidate]
) -> tuple[Remark, ...]:
    only_displayed = (from_graph.displayed or frozenset()) - from_graph.directory
    found = {c.key: c.name for c in mapped.values() if c.key in only_displayed and c not in by_hand}
    return from_graph.remarks(found)


def _why_not(candidate: _Candidate, said_by: list[Connection]) -> Remark | None:
    """Set where the group gives more than was allowed for each connection that names it."""
    missing = [agreed_permissions.lacking(connection, candidate.gives) for connection in said_by]
    if not all(missing):
        return None
    return Remark(Code.NOT_ALLOWED, candidate.name, connection=said_by[0].name, names=missing[0])


def _write(identity: ExternalIdentity, joins: list[_Candidate], leaves: tuple[_Candidate, ...]) -> None:
    owned = {"account_id": identity.account_id, "user_id": identity.user_id}
    if joins:
        GroupMembership.objects.bulk_create(
            [
                GroupMembership(**owned, group_id=c.group_id, origin=Origin.IDP, connection=identity.connection)
                for c in joins
            ],
            ignore_conflicts=True,
        )
    if leaves:
        GroupMembership.objects.filter(**owned, origin=Origin.IDP, group_id__in=[c.group_id for c in leaves]).delete()
