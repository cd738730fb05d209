"""PURE. The links of the audit log's hash chain, and where they do not hold. Plain values in, findings out."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

NOTHING_BEFORE = ""  # in place of a digest, in front of the first entry
# No transaction of the product takes longer: who brings an older entry later has made up its time.
LATE = timedelta(hours=1)

# What a digest covers, by name: a column that comes later must not change the digests of old entries.
COLUMNS = (
    "id",
    "account_id",
    "at",
    "actor",
    "actor_id",
    "action",
    "object_type",
    "object_id",
    "object_label",
    "changes",
    "request_id",
    "ip_address",
)

Row = dict[str, Any]  # an entry: a value for each of COLUMNS


@dataclass(frozen=True)
class Seal:
    position: int
    digest: str
    entry_id: UUID
    sealed_at: datetime


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was sealed. `kind` is for programs, `sentence` for people."""

    account: str
    kind: str
    sentence: str
    position: int | None = None
    entry: str | None = None  # id


def canonical(entry: Row) -> str:
    """The entry as JSON in ASCII, the same on every database: keys sorted, no blanks, times in UTC to a microsecond."""
    plain = {**entry, "at": time_text(entry["at"])}
    return json.dumps(plain, default=str, sort_keys=True, separators=(",", ":"))


def digest(before: str, entry: Row) -> str:
    """SHA-256, hex, over the digest before and the entry."""
    return hashlib.sha256(f"{before}\n{canonical(entry)}".encode("ascii")).hexdigest()


def time_text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def described(entry: Row) -> str:
    """The entry in words: "user.created 'bob@acme.example' of 2026-11-23T…"."""
    return f"{entry['action']} '{entry['object_label']}' of {time_text(entry['at'])}"


class Walk:
    """Follows one account's chain from its first link, one `step` for each seal in order of position, then `end`.

    A broken link is reported one step later: whether its entry or its digest was changed shows in which of
    the two the next link was made from.
    """

    def __init__(self, account: str) -> None:
        self.account = account
        self.position = 0
        self.head = NOTHING_BEFORE  # the digest that is stored
        self.newest = datetime(1970, 1, 1, tzinfo=UTC)  # time of the newest entry that is as it was sealed
        self._due = NOTHING_BEFORE  # the digest that should be stored
        self._suspect: Row | None = None  # entry of a link that does not hold, not yet reported

    def step(self, seal: Seal, entry: Row | None) -> Iterator[Finding]:
        if seal.position != self.position + 1:
            yield from self._out_of_place(seal, entry)
        elif entry is None:
            yield from self.end()
            sentence = f"the entry of position {seal.position} is gone; it was sealed at {time_text(seal.sealed_at)}"
            yield self._finding("entry-removed", sentence, seal.position, seal.entry_id)
            self._go_on(seal)
        else:
            yield from self._link(seal, entry)

    def end(self) -> Iterator[Finding]:
        """Tells the link that is left in doubt."""
        if self._suspect is not None:
            sentence = f"the entry of position {self.position} is not as it was sealed; it now reads "
            sentence += described(self._suspect)
            yield self._finding("entry-changed", sentence, self.position, self._suspect["id"])
        self._suspect = None

    def _link(self, seal: Seal, entry: Row) -> Iterator[Finding]:
        before, due = self.head, digest(self.head, entry)
        if due == seal.digest:
            yield from self.end()
            yield from self._late(seal, entry)
        elif self._suspect is not None and digest(self._due, entry) == seal.digest:
            sentence = f"the digest of position {self.position} was changed: it is {before}, and was {self._due}"
            yield self._finding("seal-changed", sentence, self.position, self._suspect["id"])
            self._suspect = None
            due = seal.digest
        else:
            yield from self.end()
            self._suspect = entry
        self._go_on(seal, due)

    def _out_of_place(self, seal: Seal, entry: Row | None) -> Iterator[Finding]:
        yield from self.end()
        expected = self.position + 1
        if entry is not None and digest(self.head, entry) == seal.digest:
            sentence = (
                f"the seal of position {expected} ({described(entry)}) was renumbered: it stands at {seal.position}"
            )
            yield self._finding("seal-renumbered", sentence, expected, seal.entry_id)
            self._go_on(seal)
            self.position = max(seal.position, expected)
        elif seal.position < expected:
            sentence = f"a seal stands at position {seal.position}, before the first"
            yield self._finding("seal-renumbered", sentence, seal.position, seal.entry_id)
        else:
            gap = f"position {expected}" if seal.position == expected + 1 else f"{expected} to {seal.position - 1}"
            sentence = f"seals are missing: {gap}. What stood there is not in the chain any more"
            yield self._finding("seal-removed", sentence, expected)
            if entry is None:
                sentence = f"the entry of position {seal.position} is gone, too"
                yield self._finding("entry-removed", sentence, seal.position, seal.entry_id)
            self._go_on(seal)

    def _late(self, seal: Seal, entry: Row) -> Iterator[Finding]:
        if entry["at"] < self.newest - LATE and entry["at"] < seal.sealed_at - LATE:
            sentence = f"{described(entry)} came after entries of {time_text(self.newest)}: its time is made up"
            yield self._finding("entry-late", sentence, seal.position, entry["id"])
        self.newest = max(self.newest, entry["at"])

    def _go_on(self, seal: Seal, due: str | None = None) -> None:
        self.position, self.head, self._due = seal.position, seal.digest, due or seal.digest

    def _finding(self, kind: str, sentence: str, position: int | None = None, entry: UUID | None = None) -> Finding:
        return Finding(self.account, kind, sentence, position, str(entry) if entry else None)
