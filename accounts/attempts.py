"""How often a piece of work was tried and did not succeed, so that one which can never succeed is given up.

A task that kills its worker is handed out again without end (celery issue 9082). Therefore the try is counted before
the work, in a transaction of its own: whatever ends the process, the count stands. After five the work is parked: it
costs one query each time it comes up, and an operator decides (`manage.py sweep --retry-parked`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import structlog
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Account, TaskAttempt

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 5
STALE_AFTER = timedelta(days=7)

# One statement on both databases, and no row comes back when the work is parked.
_COUNT = """
INSERT INTO accounts_taskattempt (id, account_id, kind, key, attempts, first_at, last_at, problem)
VALUES (%s, %s, %s, %s, 1, %s, %s, '')
ON CONFLICT (account_id, kind, key) DO UPDATE SET attempts = accounts_taskattempt.attempts + 1, last_at = %s
WHERE accounts_taskattempt.parked_at IS NULL
RETURNING attempts
"""


class Parked(Exception):
    """This work failed five times and waits for an operator."""


@contextmanager
def attempting(account_id: UUID, kind: str, key: str) -> Iterator[None]:
    """Around one try of a piece of work: counted before, forgotten on success, logged and counted on failure.

    Raises Parked instead of running it when it was given up; what the work raises goes on to the caller.
    """
    count = _counted(account_id, kind, key)
    mine = TaskAttempt.objects.in_account(account_id).filter(kind=kind, key=key)
    if count is None:
        raise Parked(f"{kind} {key}")
    if count > MOST_ATTEMPTS:  # the worker was killed in the last try
        mine.update(parked_at=timezone.now(), problem="The worker ended during each try.")
        log.error("Work was given up: its worker ended each time", kind=kind, key=key)
        raise Parked(f"{kind} {key}")
    try:
        yield
    except Exception as problem:
        name = type(problem).__name__  # its text may hold what no table of ours should: parameters, addresses
        given_up = count >= MOST_ATTEMPTS
        mine.update(problem=name, **({"parked_at": timezone.now()} if given_up else {}))
        if given_up:
            log.error("Work was given up", attempts=count, problem=name)
        raise
    mine.delete()


def _counted(account_id: UUID, kind: str, key: str) -> int | None:
    """How many tries this one makes; None when the work is parked."""
    uuid, now = TaskAttempt._meta.pk.get_db_prep_value, connection.ops.adapt_datetimefield_value(timezone.now())
    ids = [uuid(value, connection) for value in (uuid4(), account_id)]
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_COUNT, [*ids, kind, key, now, now, now])
        row = cursor.fetchone()
    return row and int(row[0])


def parked(account: Account | None = None) -> list[TaskAttempt]:
    """Work that was given up, of one account or (for the operator) of all, oldest first."""
    found = TaskAttempt.objects.filter(parked_at__isnull=False)
    return list((found.in_account(account) if account else found).order_by("parked_at")[:500])


def retry_parked() -> int:
    """Gives all work that was given up another five tries; gives how many. The next sweep finds it."""
    return TaskAttempt.objects.filter(parked_at__isnull=False).delete()[0]


def forget_stale() -> int:
    """Removes counts of work that nobody tries any more, because it was done elsewhere or is gone; gives how many."""
    return TaskAttempt.objects.filter(parked_at=None, last_at__lt=timezone.now() - STALE_AFTER).delete()[0]
