"""Celery's door: ids in, a service called. Each task re-reads what is to do and may run twice, late, in any order."""

from uuid import UUID

import structlog
from celery import shared_task
from kombu.exceptions import OperationalError

from accounts.services import erasing, group_sync, sign_in_cleaning
from accounts.services.graph import GraphUnavailable

log = structlog.get_logger(__name__)


def wake_group_sync(identity_id: UUID) -> None:
    """Asks a worker for the sync. Without a broker the row waits for the sweep; whoever logs in must not notice."""
    try:
        sync_groups_after_login.delay(str(identity_id))
    except OperationalError:
        log.warning("The broker does not answer: the next sweep syncs these groups", identity=str(identity_id))


@shared_task  # type: ignore[untyped-decorator]
def sync_groups_after_login(identity_id: str) -> None:
    """Does the group sync of one identity. A failure is counted; the sweep tries again."""
    try:
        done = group_sync.sync_idp_groups(UUID(identity_id))
    except GraphUnavailable as problem:
        group_sync.note_attempt(UUID(identity_id))
        log.warning("Groups could not be read from Microsoft Graph", identity=identity_id, reason=str(problem))
        return
    if done is not None:
        log.info("Groups synced", identity=identity_id, joined=len(done.joined), left=len(done.left))


@shared_task  # type: ignore[untyped-decorator]
def sweep() -> dict[str, int]:
    """Finds what a lost message left behind, and throws away sign-ins that nobody finished."""
    due = group_sync.due_identities()
    for identity_id in due:
        sync_groups_after_login(str(identity_id))
    still_due = set(group_sync.due_identities())
    synced = sum(identity_id not in still_due for identity_id in due)
    return {"groups_synced": synced, "people_erased": erasing.remove_erased(), **sign_in_cleaning.clean()}
