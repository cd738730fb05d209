"""Celery tasks: ids in, a service called. Each task re-reads what is to do and may run twice, late, in any order.

Queues are in `settings.CELERY_TASK_ROUTES`: `access` (deprovisioning), `login` (group sync), `bulk` (the rest).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from uuid import UUID

import structlog
from celery import shared_task
from django.conf import settings
from kombu.exceptions import OperationalError

from accounts import wake_up
from accounts.connections.certificates import expiry
from accounts.connections.provider import metadata
from accounts.deprovisioning import retention
from accounts.work import due_work, task_runs
from accounts.work import sweep as sweeping
from common.background import BackgroundQueue

log = structlog.get_logger(__name__)

METADATA_TAKES = 40.0  # seconds at most, of the 60 that a task has; the next minute goes on


def wake_group_sync(identity_id: UUID) -> None:
    """Ask a worker to sync the groups of a login. A broker that is down must not delay the login."""
    _put(_logins, identity_id)


def _put(queue: BackgroundQueue[UUID], key: UUID) -> None:
    """No request waits for a broker. Without one the work is done here and now."""
    if settings.WORK_IN_BACKGROUND and not settings.CELERY_TASK_ALWAYS_EAGER:
        queue.put(key)
    else:
        queue.work([key])


def _publish_deprovisioned(user_ids: list[UUID]) -> None:
    with _sweep_does_it():
        finish_deprovisioning.delay(*map(str, user_ids))


def _publish_logins(identity_ids: list[UUID]) -> None:
    """A message for each: one sync may have to wait for Microsoft."""
    with _sweep_does_it():
        for identity_id in identity_ids:
            sync_groups_after_login.delay(str(identity_id))


@contextmanager
def _sweep_does_it() -> Iterator[None]:
    """When the broker does not answer: the rows say what is to do."""
    try:
        yield
    except OperationalError:
        log.warning("The broker does not answer: the next sweep does what waits")


_deprovisioned = BackgroundQueue("wake-ups-of-deprovisioning", _publish_deprovisioned)
_logins = BackgroundQueue("wake-ups-of-logins", _publish_logins)

wake_up.on_deprovisioned = partial(_put, _deprovisioned)


@shared_task  # type: ignore[untyped-decorator]
def finish_deprovisioning(*user_ids: str) -> None:
    """Remove memberships and tokens of deprovisioned users. Their access ended before, in the request."""
    due_work.finish_many(map(UUID, user_ids), sweeping.WAITING_WORK_TAKES)


@shared_task  # type: ignore[untyped-decorator]
def sync_groups_after_login(identity_id: str) -> None:
    """Does the group sync of one identity."""
    due_work.sync_groups(UUID(identity_id))


@shared_task  # type: ignore[untyped-decorator]
def erase_expired_users() -> int:
    """Erases people whose time of being kept is over; gives how many."""
    return retention.erase_expired()


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
