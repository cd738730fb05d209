"""Erase users at the end of the retention time, and delete what is left of erased users. The audit log stays."""

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.audit.audit import Actor
from accounts.deprovisioning import guard
from accounts.deprovisioning.erase import erase_locked
from accounts.models import Account, ExternalIdentity, LoginRecord, User
from accounts.users.locking import locked_with_account

AT_ONCE = 500
EXPIRED_AT_ONCE = 5_000
RETENTION = Actor("end of the retention time")


def erase_expired(limit: int = EXPIRED_AT_ONCE) -> int:
    """Erase users deprovisioned longer ago than their account keeps them; return how many, at most `limit`.

    Each is a transaction of its own, so that a run may end anywhere; the next one goes on.
    """
    done = 0
    # One query for each length of time that accounts chose, however many accounts there are.
    for days in Account.objects.order_by().values_list("retention_days", flat=True).distinct():
        before = timezone.now() - timedelta(days=days)
        gone = User.objects.deprovisioned().filter(deprovisioned_at__lt=before)
        expired = gone.filter(account__retention_days=days).select_related("account")
        for user in list(expired.only("id", "account").order_by("deprovisioned_at")[: limit - done]):
            done += _erase(user.pk, user.account, before)
    return done


def _erase(user_id: UUID, account: Account, before: datetime) -> bool:
    """False for a user who was restored, deprovisioned again or erased since they were looked up."""
    with suppress(User.DoesNotExist), locked_with_account(user_id, account) as user:
        if user.deprovisioned_at is not None and user.deprovisioned_at < before:
            erase_locked(user, acting=RETENTION)
            return True
    return False


@transaction.atomic
def remove_erased() -> int:
    """Delete rows of erased users, and their login records; return how many users.

    The guard against mass deprovisioning counts a user for an hour after the end of access, so the empty row stays that
    long.
    """
    counted_since = timezone.now() - guard.WITHIN
    gone = User.objects.filter(erased_at__isnull=False, deprovisioned_at__lt=counted_since)
    ids = list(gone.values_list("id", flat=True)[:AT_ONCE])
    # In the order of a clean-up, which may be late.
    list(ExternalIdentity.objects.filter(user_id__in=ids).order_by("id").select_for_update().values_list("id"))
    ids = list(gone.filter(pk__in=ids).select_for_update(skip_locked=True).values_list("id", flat=True))
    LoginRecord.objects.filter(user_id__in=ids).delete()
    User.objects.filter(id__in=ids).delete()
    return len(ids)
