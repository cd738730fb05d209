"""One unit of background work that a durable row asks for. Tries are counted and limited."""

import time
from collections.abc import Iterable
from uuid import UUID

import structlog

from accounts.attempts import Parked, attempting
from accounts.connections.provider.graph import GraphUnavailable
from accounts.deprovisioning import cleanup
from accounts.groups import sync as group_sync
from accounts.models import ExternalIdentity, User

log = structlog.get_logger(__name__)


def finish_deprovisioning(user_id: UUID) -> bool:
    """Remove what a deprovisioned user still has; return False when nothing was left to do, or it was given up.

    Also when nothing is due: a worker that was killed between its commit and the end of its try left a count behind.
    """
    for account_id in User.objects.filter(pk=user_id).values_list("account_id", flat=True):
        try:
            with attempting(account_id, "finish_deprovisioning", str(user_id)):
                return cleanup.finish(user_id)
        except Parked:
            return False
    return False


def finish_many(user_ids: Iterable[UUID], seconds: float) -> None:
    """Call `finish_deprovisioning` for each user; users not begun within the time are left to the sweep.

    A failure does not stop the others; the last one is raised in the end.
    """
    until, failure = time.monotonic() + seconds, None
    for user_id in user_ids:
        if time.monotonic() > until:
            break
        try:
            finish_deprovisioning(user_id)
        except Exception as problem:
            log.warning("A deprovisioning could not be finished", user=str(user_id), reason=type(problem).__name__)
            failure = problem
    if failure is not None:
        raise failure


def sync_groups(identity_id: UUID) -> bool:
    """Sync one identity's groups with its latest login; False when nothing was to do, or it could not be done."""
    for account_id in ExternalIdentity.objects.filter(pk=identity_id).values_list("account_id", flat=True):
        try:
            with attempting(account_id, "sync_groups_after_login", str(identity_id)):
                return _synced(identity_id)
        except Parked:
            group_sync.note_attempt(identity_id)  # so that the sweep takes others first
    return False


def _synced(identity_id: UUID) -> bool:
    try:
        done = group_sync.sync_idp_groups(identity_id)
    except GraphUnavailable as problem:  # Microsoft's trouble and not this work's: it is tried until it succeeds
        group_sync.note_attempt(identity_id)
        log.warning("Groups could not be read from Microsoft Graph", identity=str(identity_id), reason=str(problem))
        return False
    if done is not None:
        log.info("Groups synced", identity=str(identity_id), joined=len(done.joined), left=len(done.left))
    return done is not None
