"""What a lost message left behind is done, and what nobody needs any more is thrown away: beat, once a minute.

Each part stands alone: a failure is logged, and the others go on.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import chain, zip_longest
from uuid import UUID

import structlog

from accounts import attempts, sessions
from accounts.audit import chain as audit_chain
from accounts.connections.certificates import expiry_mail
from accounts.deprovisioning import cleanup, retention
from accounts.groups import sync as group_sync
from accounts.tokens import tokens
from accounts.work import due_work, expired_rows

log = structlog.get_logger(__name__)

BATCH = 200
LOOK_AHEAD = 20_000  # ids: what waits beyond is seen in a later round
EXPIRED_AT_ONCE = 500  # of people whose time of being kept is over
WAITING_WORK_TAKES = 40.0  # seconds at most in a worker; the next minute goes on


@dataclass
class Swept:
    """How many of what; and the names of parts that failed, at least for some."""

    counts: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)


Part = Callable[[], dict[str, int]]


def sweep(seconds: float | None = None, more: Mapping[str, Part] | None = None) -> Swept:
    """Does all parts, and `more`; work that waits for at most so many seconds, None: until none waits."""
    swept = Swept()
    _do_waiting(swept, time.monotonic() + seconds if seconds is not None else float("inf"))
    for name, part in {**PARTS, **(more or {})}.items():
        try:
            swept.counts.update(part())
        except Exception:
            _note_failure(swept, name)
    return swept


def _do_waiting(swept: Swept, until: float) -> None:
    """In small rounds, each with a batch of every kind, so that no kind waits for the end of another's queue."""
    tried: set[UUID] = set()
    swept.counts.update(dict.fromkeys(WAITING, 0))
    busy = True
    while busy and time.monotonic() < until:
        busy = False
        for name, (due, do) in WAITING.items():
            for key in _next(due, tried, swept, name):
                busy = True
                tried.add(key)
                swept.counts[name] += _done(do, key, swept, name)


def _next(due: Callable[[], list[UUID]], tried: set[UUID], swept: Swept, name: str) -> list[UUID]:
    try:
        waiting = [key for key in due() if key not in tried]
    except Exception:
        _note_failure(swept, name)
        return []
    # Oldest and newest by turns: a user deprovisioned just now does not wait until thousands before them are done.
    turns = chain.from_iterable(zip_longest(waiting[:BATCH], reversed(waiting[-BATCH:])))
    return [key for key in dict.fromkeys(turns) if key][:BATCH]


def _done(do: Callable[[UUID], bool], key: UUID, swept: Swept, name: str) -> bool:
    try:
        return do(key)
    except Exception:
        _note_failure(swept, name)
        return False


def _note_failure(swept: Swept, name: str) -> None:
    log.exception("A part of the sweep failed; the others go on", part=name)
    if name not in swept.failed:
        swept.failed.append(name)


# Name of the count -> what is due, oldest first, and how one of it is done.
WAITING: dict[str, tuple[Callable[[], list[UUID]], Callable[[UUID], bool]]] = {
    "departures_finished": (lambda: cleanup.due(LOOK_AHEAD), due_work.finish_deprovisioning),
    "groups_synced": (lambda: group_sync.due_identities(LOOK_AHEAD), due_work.sync_groups),
}
PARTS: dict[str, Part] = {
    "audit_log": lambda: {"audit_entries_sealed": audit_chain.seal()},
    "people_expired": lambda: {"people_expired": retention.erase_expired(EXPIRED_AT_ONCE)},
    "people_erased": lambda: {"people_erased": retention.remove_erased()},
    "sign_ins": expired_rows.clean,
    "sessions": lambda: {"sessions_closed": sessions.close_over()},
    "short_tokens": lambda: {"short_tokens_removed": tokens.remove_over()},
    "expiry_mail": lambda: {"alerts_mailed": expiry_mail.send_due()},
    "attempts": lambda: {"attempts_forgotten": attempts.forget_stale()},
}
