"""The audit log's hash chain: one for each account, made by the sweep, not by writers (`docs/decisions/0007`).

An entry waits in `UnsealedEntry` from its own transaction on until it has a seal. So sealing reads only what is to do,
and an entry that is committed late, by however long a transaction, is sealed then.

The head, position and digest of the newest seal, is kept beside the chain: a chain that is shorter was cut off, however
that was done. A writer of the whole database can write the kept head too; so operators keep copies elsewhere
(`verify_audit_log --against`, `docs/audit-log.md`).
"""

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import structlog
from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, OuterRef, Q

from accounts.audit.links import COLUMNS, LATE, NOTHING_BEFORE, Finding, Row, Seal, Walk, described, digest, time_text
from accounts.models import Account, AuditEntry, AuditHead, AuditSeal, TaskRun, UnsealedEntry

log = structlog.get_logger(__name__)

AT_ONCE = 1_000  # entries in a transaction, and in memory
Head = tuple[int, str]  # position and digest
Place = tuple[datetime, UUID]  # on the list of what waits: time and id of an entry
BEGINNING: Place = (datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))
CHECK = "verify_audit_log"  # the run of `TaskRun` in which all accounts are checked
COUNTED = 1_000  # at most, of entries that wait
SECONDS = 10.0  # for one call of `seal`: the sweep has other work, and a task has a time limit


def seal(account_id: UUID | None = None, seconds: float = SECONDS) -> int:
    """Seals what waits, of one account or all, oldest first; gives how many entries. Goes on next time after `seconds`.

    Accounts take turns, so that a large one does not keep the others waiting. Raises ExceptionGroup, after the others
    are sealed, with what went wrong in single accounts.
    """
    until = time.monotonic() + seconds
    waiting = UnsealedEntry.objects.order_by().values_list("account_id", flat=True).distinct()
    turns = deque((account, BEGINNING) for account in ([account_id] if account_id else waiting))
    sealed, problems = 0, []
    while turns and time.monotonic() < until:
        account, after = turns.popleft()
        try:
            count, ended = _seal_some(account, after)
        except DatabaseError as problem:
            problems.append(problem)
            continue
        sealed += count
        if ended:
            turns.append((account, ended))
    if problems:
        raise ExceptionGroup("The audit logs of some accounts could not be sealed", problems)
    return sealed


def _seal_some(account_id: UUID, after: Place) -> tuple[int, Place | None]:
    """One transaction of `seal`: how many were sealed, and where the next begins; None: that was the end.

    The head is kept beside the chain, and written to the log: who rewrites the database cannot rewrite that (R57).
    """
    with transaction.atomic():
        _lock(account_id)
        waiting = _oldest_waiting(account_id, after)
        entries = _without_seal(account_id, [id_ for _, id_ in waiting])
        position, head = newest_seal(account_id)
        seals = []
        for entry in entries:
            position, head = position + 1, digest(head, entry)
            seals.append(AuditSeal(account_id=account_id, position=position, entry_id=entry["id"], digest=head))
        AuditSeal.objects.bulk_create(seals)
        if seals:
            keep_head(account_id, (position, head))
        UnsealedEntry.objects.filter(id__in=[entry["id"] for entry in entries]).delete()
    if seals:
        log.info("Audit log sealed", account=str(account_id), entries=len(seals), position=position, head=head)
    return len(seals), waiting[-1] if len(waiting) == AT_ONCE else None


def newest_seal(account_id: UUID) -> Head:
    """Position and digest of the chain's head; (0, "") before the first seal."""
    found = AuditSeal.objects.in_account(account_id).order_by("-position").values_list("position", "digest")
    return found.first() or (0, NOTHING_BEFORE)


def keep_head(account_id: UUID, head: Head) -> None:
    """Keep the head of a chain that has grown. In the transaction that seals, under its lock.

    A kept head that is no longer in the chain stays: it is what shows that the chain was cut off.
    """
    position, digest = head
    kept = AuditHead.objects.in_account(account_id)
    in_the_chain = AuditSeal.objects.filter(
        account=OuterRef("account"), position=OuterRef("position"), digest=OuterRef("digest")
    )
    if kept.filter(Exists(in_the_chain)).update(position=position, digest=digest):
        return
    if kept.exists():
        log.error("The audit log no longer holds its kept head; run verify_audit_log", account=str(account_id))
    else:
        AuditHead.objects.create(account_id=account_id, position=position, digest=digest)


def kept_head(account: Account) -> Head | None:
    return AuditHead.objects.in_account(account).values_list("position", "digest").first()


def removed_accounts() -> Iterator[Finding]:
    """A finding for each kept head whose account is not in the database any more."""
    gone = AuditHead.objects.filter(~Exists(Account.objects.filter(pk=OuterRef("account_id"))))
    for account_id, position in gone.order_by("account_id").values_list("account_id", "position"):
        yield account_removed(str(account_id), position)


def account_removed(account: str, position: int) -> Finding:
    sentence = f"the account is gone, and its chain with it, which once reached position {position}"
    return Finding(account, "account-removed", sentence, position)


def _lock(account_id: UUID) -> None:
    """Held to the end of the transaction. Not the account's row: writers wait for that one. SQLite has one writer."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"audit chain {account_id}"])


def _oldest_waiting(account_id: UUID, after: Place) -> list[Place]:
    """By key: what was sealed a moment ago still lies dead in the index, and would be read again with each part."""
    at, id_ = after
    later = UnsealedEntry.objects.in_account(account_id).filter(Q(at__gt=at) | Q(id__gt=id_), at__gte=at)
    return list(later.order_by("at", "id").values_list("at", "id")[:AT_ONCE])


def _without_seal(account_id: UUID, ids: list[UUID]) -> list[Row]:
    """The entries to seal. One that was removed before its seal stays on the list, for `check` to name it."""
    sealed = set(AuditSeal.objects.filter(entry__in=ids).values_list("entry_id", flat=True))
    rows = _entries(account_id, [id_ for id_ in ids if id_ not in sealed])
    return sorted(rows.values(), key=lambda row: (row["at"], row["id"]))


def _entries(account_id: UUID, ids: list[UUID]) -> dict[UUID, Row]:
    """Those of the account, by id. The ids came from rows of the account, so what is asked for is the key alone: with
    the account beside it PostgreSQL reads all of the account's rows, each time, where its statistics are not new."""
    rows = AuditEntry.objects.filter(id__in=ids).values(*COLUMNS)
    return {row["id"]: row for row in rows if row["account_id"] == account_id}


@dataclass
class Checked:
    """What became of checking one account."""

    account: str
    entries: int
    unsealed: int
    position: int = 0
    head: str = NOTHING_BEFORE
    sealed: int = 0
    findings: list[Finding] = field(default_factory=list)


def check(account: Account, *kept_elsewhere: Head) -> Checked:
    """Follows the chain from its first entry, a thousand rows in memory at a time.

    Only against a head that was kept can a tail that was cut off, an emptied log or a chain that was made anew be seen:
    the one in the database (`kept_head`), and those that an operator kept outside of it.
    """
    kept = kept_head(account)  # before the walk: meanwhile the chain may grow
    entries, waiting = AuditEntry.objects.in_account(account), UnsealedEntry.objects.in_account(account)
    checked = Checked(account.slug, entries.count(), waiting.count())
    walk = Walk(account.slug)
    expected = sorted({*kept_elsewhere, *([kept] if kept else [])})
    there: dict[int, str] = {position: "" for position, _ in expected}
    for seals in _seals(account):
        rows = _entries(account.pk, [link.entry_id for link in seals])
        for link in seals:
            checked.findings += walk.step(link, rows.get(link.entry_id))
            if link.position in there:
                there[link.position] = link.digest
        checked.sealed += len(seals)
    checked.findings += walk.end()
    checked.position, checked.head = walk.position, walk.head
    checked.findings += _outside_the_chain(account, walk)
    for head in expected:
        checked.findings += _against(head, there[head[0]], checked)
    return checked


def _seals(account: Account) -> Iterator[list[Seal]]:
    """By key and not by a cursor of the server: the same on both databases and behind PgBouncer."""
    found = AuditSeal.objects.in_account(account).order_by("position")
    after = -1
    while seals := [
        Seal(*row)
        for row in found.filter(position__gt=after).values_list("position", "digest", "entry_id", "sealed_at")[:AT_ONCE]
    ]:
        yield seals
        after = seals[-1].position


def _outside_the_chain(account: Account, walk: Walk) -> Iterator[Finding]:
    """Each entry has a seal or waits for one: that is kept by the transactions that write and seal."""
    waiting = UnsealedEntry.objects.in_account(account)
    entries = AuditEntry.objects.in_account(account)
    unsealed = entries.filter(seal__isnull=True)
    neither = unsealed.exclude(Exists(waiting.filter(id=OuterRef("id")))).order_by("at", "id")
    for row in neither.values(*COLUMNS).iterator(AT_ONCE):
        sentence = f"{described(row)} neither has a seal nor waits for one: put in, or its seal taken, by hand"
        yield Finding(walk.account, "entry-unsealed", sentence, entry=str(row["id"]))
    gone = waiting.exclude(Exists(entries.filter(id=OuterRef("id")))).order_by("at", "id")
    for id_, at in gone.values_list("id", "at").iterator(AT_ONCE):
        sentence = f"an entry of {time_text(at)} was removed before it was sealed"
        yield Finding(walk.account, "entry-removed", sentence, entry=str(id_))
    late = unsealed.filter(Exists(waiting.filter(id=OuterRef("id"))), at__lt=walk.newest - LATE)
    for row in late.order_by("at", "id").values(*COLUMNS).iterator(AT_ONCE):
        sentence = f"{described(row)} came after entries of {time_text(walk.newest)}: its time is made up"
        yield Finding(walk.account, "entry-late", sentence, entry=str(row["id"]))


def _against(kept: Head, digest_there: str, checked: Checked) -> Iterator[Finding]:
    position, digest_then = kept
    if not checked.sealed:
        sentence = f"the chain is empty, and once reached position {position}: the log was emptied"
        yield Finding(checked.account, "log-emptied", sentence, position)
    elif not digest_there and checked.position < position:
        sentence = f"the chain ends at position {checked.position}, and once reached {position}: its tail was cut off"
        yield Finding(checked.account, "tail-cut-off", sentence, position)
    elif digest_there != digest_then:
        found = f"it is {digest_there}" if digest_there else "there is none"
        sentence = f"position {position} once had the digest {digest_then}; {found}: the chain was made anew"
        yield Finding(checked.account, "head-differs", sentence, position)


@dataclass(frozen=True)
class ChainState:
    """What is sealed, what waits, when the chain was last followed from its beginning.

    `waiting`: entries without a seal, at most COUNTED. `is_whole`: as of `checked_at`; None: never checked.
    """

    sealed: int
    head: str
    sealed_at: datetime | None
    waiting: int
    checked_at: datetime | None
    is_whole: bool | None


def chain_state(account: Account) -> ChainState:
    """Three queries, however long the chain."""
    newest = AuditSeal.objects.in_account(account).order_by("-position").first()
    waiting = UnsealedEntry.objects.in_account(account).order_by()[:COUNTED].count()
    check = TaskRun.objects.filter(name=CHECK).first()
    known = newest is not None or (check is not None and account.slug in check.failed)  # an emptied log is no new one
    checked_at = check.ended_at if check and known and account.created_at < check.began_at else None
    return ChainState(
        sealed=newest.position if newest else 0,
        head=newest.digest if newest else "",
        sealed_at=newest.sealed_at if newest else None,
        waiting=waiting,
        checked_at=checked_at,
        is_whole=account.slug not in check.failed if check and checked_at else None,
    )
