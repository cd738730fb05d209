"""Moving people from one connection to another: start, finish, back, and a list of them. `docs/decisions/0025`"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.connections import connections, identities
from accounts.connections.consent import check_verb
from accounts.connections.identities import Removed
from accounts.connections.moving.findings import ADVICE, Finding, People, counts_of, made_by, people_of
from accounts.errors import ActionRefused
from accounts.models import Connection, ConnectionMove
from accounts.models.identity import ConnectionState
from common.csv_lines import csv_lines

EXPORTED = ("email", "user_name", "first_name", "last_name", "finding", "advice")
_EXPORTED_AT_ONCE = 500


def open_moves_to(target: Connection) -> QuerySet[ConnectionMove]:
    """With both connections, the oldest first."""
    found = ConnectionMove.objects.in_account(target.account_id).filter(target=target, ended_at=None)
    return found.select_related("source", "target").order_by("started_at")


def open_or_planned(source: Connection, target: Connection, *, includes_privileged: bool = True) -> ConnectionMove:
    """The move that is on between the two; else an unsaved one, good for a preview."""
    planned = ConnectionMove(
        account_id=target.account_id, source=source, target=target, includes_privileged=includes_privileged
    )
    return open_moves_to(target).filter(source=source).first() or planned


@transaction.atomic
def start_move(source: Connection, target: Connection, *, includes_privileged: bool, acting: Actor) -> ConnectionMove:
    """Let people known at `source` link through `target` by their verified e-mail, until the move ends.

    Raises PermissionsExceeded; ActionRefused for connections of two accounts, ones that nobody can sign in through, a
    move that is on in either direction, and where nobody would link.
    """
    check_verb("start_move", target.account_id, acting)
    rows = _locked(source, target)
    source, target = rows[source.pk], rows[target.pk]
    _check_can_start(source, target)
    move = ConnectionMove(
        account_id=target.account_id,
        **{"source": source, "target": target, "includes_privileged": includes_privileged},
        **{"started_at": timezone.now(), "started_by": acting.label},
    )
    counts = counts_of(move)
    if not counts.get(Finding.LINKS):
        why = ", ".join(f"{finding.label} ({people:,})" for finding, people in counts.items())
        raise ActionRefused(
            "move-links-nobody",
            f"Expected at least one person of '{source}' who can link through '{target}'; found none:"
            f" {why or 'nobody has signed in through it'}. Verify the e-mail domain for '{target}' first.",
        )
    try:
        with transaction.atomic():
            move.save(force_insert=True)
    except IntegrityError:
        raise ActionRefused("move-open", "Somebody else just started this move.") from None
    audit.record(acting, "connection.move-started", target, {"people": [None, counts], **_between(move)})
    return move


@transaction.atomic
def finish_move(move: ConnectionMove, *, acting: Actor, hand_over: bool = False) -> int:
    """End the move: people who have not linked are refused at the target again. All identities stay.

    `hand_over`: the provisioning of the target takes charge of the people who have linked and whom the source's
    provisioned, so that the source's can change nobody of them. Gives of how many. Raises PermissionsExceeded and
    ActionRefused.
    """
    row = _ended(move, "finish_move", acting)
    handed = provisioned(row, row.source).update(provisioned_by=row.target_id) if hand_over else 0
    audit.record(acting, "connection.move-finished", row.target, {"handed_over": [None, handed], **_between(row)})
    return handed


@transaction.atomic
def undo_move(move: ConnectionMove, *, acting: Actor, hand_over: bool = False, disable: bool = False) -> Removed:
    """End the move and remove the identities at the target that came with it: everybody signs in through the source.

    The sessions that were opened with them end. `hand_over`: as `finish_move`, the other way round. `disable`: the
    target too, so that the sign-in page does not offer it. Raises PermissionsExceeded, and ActionRefused where people
    could not sign in through the source.
    """
    row = _ended(move, "undo_move", acting)
    if row.source.state != ConnectionState.LIVE:
        raise ActionRefused(
            "move-connection-not-live",
            f"'{row.source}' is {row.source.get_state_display()}: enable it first, then go back.",
        )
    handed = provisioned(row, row.target).update(provisioned_by=row.source_id) if hand_over else 0
    removed = identities.delete(identities.locked(row.account_id, made_by(row)), acting=acting)
    counts = {"identities": [removed.identities, 0], "sessions": [removed.sessions, 0], "handed_over": [None, handed]}
    audit.record(acting, "connection.move-undone", row.target, {**counts, **_between(row)})
    if disable and not row.is_within:
        connections.disable(row.target, acting=acting)
    return removed


def provisioned(move: ConnectionMove, by: Connection) -> People:
    """People of the source whom this connection's provisioning stored; of the source's own, those who have linked.

    Nobody within one connection: it is the same provisioning.
    """
    found = people_of(move).filter(provisioned_by=by.pk)
    if move.is_within:
        return found.none()
    return found.filter(finding=Finding.LINKED) if by.pk == move.source_id else found


@transaction.atomic
def export(move: ConnectionMove, *, acting: Actor) -> Iterator[str]:
    """Whom the move is about as CSV, piece by piece, in order of creation. The audit log has an entry of the download.

    In constant memory.
    """
    asked = {"move": f"{move.source} to {move.target}"}
    audit.record(acting, "users.exported", move.target, {"filters": [None, asked]})
    return csv_lines(EXPORTED, _batches(move))


def _batches(move: ConnectionMove) -> Iterator[list[list[Any]]]:
    people = people_of(move).order_by("number")
    batch = list(people[:_EXPORTED_AT_ONCE])
    while batch:
        found = [(user, Finding(user.finding)) for user in batch]
        yield [
            [user.email, user.user_name, user.first_name, user.last_name, finding.label, ADVICE.get(finding, "")]
            for user, finding in found
        ]
        more = len(batch) == _EXPORTED_AT_ONCE
        batch = list(people.filter(number__gt=batch[-1].number)[:_EXPORTED_AT_ONCE]) if more else []


def _locked(source: Connection, target: Connection) -> dict[UUID, Connection]:
    """Both rows as they are now, by id. Raises ActionRefused when one is gone or of another account."""
    found = Connection.objects.in_account(target.account_id).filter(pk__in=[source.pk, target.pk]).order_by("pk")
    rows: dict[UUID, Connection] = {row.pk: row for row in found.select_for_update(no_key=True)}
    if rows.keys() != {source.pk, target.pk}:
        raise ActionRefused(
            "move-connections-of-two-accounts",
            "Expected two connections of the same account; one was deleted or is of another account.",
        )
    return rows


def _check_can_start(source: Connection, target: Connection) -> None:
    """Raises ActionRefused."""
    if target.state != ConnectionState.LIVE:
        raise ActionRefused(
            "move-connection-not-live",
            f"'{target}' is {target.get_state_display()}: enable it first, so that people can sign in.",
        )
    if source.state == ConnectionState.DRAFT:
        raise ActionRefused("move-source-draft", f"'{source}' is a draft: nobody has signed in through it.")
    between = Q(source=source, target=target) | Q(source=target, target=source)
    if ConnectionMove.objects.in_account(target.account_id).filter(between, ended_at=None).exists():
        raise ActionRefused("move-open", f"A move between '{source}' and '{target}' is on already. Finish it first.")


def _ended(move: ConnectionMove, verb: str, acting: Actor) -> ConnectionMove:
    """The row, locked and ended. Raises PermissionsExceeded, and ActionRefused where it has ended before."""
    check_verb(verb, move.account_id, acting)
    found = ConnectionMove.objects.in_account(move.account_id).filter(pk=move.pk, ended_at=None)
    row: ConnectionMove | None = found.select_for_update(of=("self",)).select_related("source", "target").first()
    if row is None:
        raise ActionRefused("move-ended", "This move has ended already.")
    row.ended_at, row.ended_by = timezone.now(), acting.label
    row.save(update_fields=["ended_at", "ended_by"])
    return row


def _between(move: ConnectionMove) -> dict[str, list[str | None]]:
    return {"from": [None, str(move.source)], "to": [None, str(move.target)]}
