"""Celery's door: ids in, a service called. Each task re-reads what is to do and may run twice, late, in any order.

Queues are in `settings.CELERY_TASK_ROUTES`: `access` (somebody is out), `login` (somebody came in), `bulk` (the rest).
"""

import time
from typing import Any
from uuid import UUID

import structlog
from celery import shared_task
from kombu.exceptions import OperationalError

from accounts.services import due_work, erasing, expiry, metadata, sweeping, task_runs, waking

log = structlog.get_logger(__name__)

METADATA_TAKES = 40.0  # seconds at most, of the 60 that a task has; the next minute goes on
BROKER_PAUSE = 5.0  # seconds in which a process does not call a broker that did not answer


def wake_group_sync(identity_id: UUID) -> None:
    """Asks a worker for the sync of a login. Whoever logs in must not notice a broker that is away."""
    _wake(sync_groups_after_login, identity_id)


def wake_finish_deprovisioning(user_id: UUID) -> None:
    """Asks a worker to take away what somebody who is out still has."""
    _wake(finish_deprovisioning, user_id)


def _wake(task: Any, key: UUID) -> None:
    """Without a broker the row waits for the sweep. One request waits for it, the others of this process do not."""
    global _broker_is_away_until
    if time.monotonic() < _broker_is_away_until:
        return
    try:
        task.delay(str(key))
    except OperationalError:
        _broker_is_away_until = time.monotonic() + BROKER_PAUSE
        log.warning("The broker does not answer: the next sweep does this", task=task.name, key=str(key))


_broker_is_away_until = 0.0  # of this process, by its monotonic clock

waking.on_departure = wake_finish_deprovisioning


@shared_task  # type: ignore[untyped-decorator]
def finish_deprovisioning(user_id: str) -> None:
    """Takes memberships and tokens of somebody who is out. Their access ended before, in the request."""
    due_work.finish_departure(UUID(user_id))


@shared_task  # type: ignore[untyped-decorator]
def sync_groups_after_login(identity_id: str) -> None:
    """Does the group sync of one identity."""
    due_work.sync_groups(UUID(identity_id))


@shared_task  # type: ignore[untyped-decorator]
def erase_expired_users() -> int:
    """Erases people whose time of being kept is over; gives how many."""
    return erasing.erase_expired()


@shared_task  # type: ignore[untyped-decorator]
def refresh_metadata() -> dict[str, int]:
    """Reads again what identity providers publish, where the hour is over."""
    with task_runs.noting("refresh_metadata"):
        return metadata.refresh_due(METADATA_TAKES)


@shared_task  # type: ignore[untyped-decorator]
def warn_before_expiry() -> dict[str, int]:
    """Alerts for certificates, secrets and tokens that end soon."""
    with task_runs.noting("warn_before_expiry"):
        return expiry.warn()


# Longer than the parts that count their own time may take together.
@shared_task(soft_time_limit=120, time_limit=150)  # type: ignore[untyped-decorator]
def sweep() -> dict[str, int]:
    """Finds what a lost message left behind; gives counts."""
    with task_runs.noting("sweep") as failed:
        swept = sweeping.sweep(sweeping.WAITING_WORK_TAKES)
        failed.extend(swept.failed)
    return dict(swept.counts)
