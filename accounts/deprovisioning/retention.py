"""People whose time of being kept is over are erased, and what is left of erased people goes. The audit log stays."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.audit.audit import Actor
from accounts.deprovisioning import guard
from accounts.models import Account, ExternalIdentity, LoginRecord, User
from accounts.provisioning import provisioning

AT_ONCE = 500
EXPIRED_AT_ONCE = 5_000
RETENTION = Actor("end of the retention time")


def erase_expired(limit: int = EXPIRED_AT_ONCE) -> int:
    """Erases people who were let go longer ago than their account keeps them; gives how many, at most `limit`.

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


class _KeptLonger(Exception):
    """The person was restored meanwhile, or let go a second time."""


def _erase(user_id: UUID, account: Account, before: datetime) -> bool:
    """False when something else became of the person since they were looked up."""

    def check(user: User) -> None:
        if user.deprovisioned_at is None or user.deprovisioned_at >= before:
            raise _KeptLonger

    try:
        provisioning.erase(user_id, account, acting=RETENTION, check=check)
    except (_KeptLonger, User.DoesNotExist):
        return False
    return True


@transaction.atomic
def remove_erased() -> int:
    """Deletes rows whose person was erased, and the records of their logins; gives how many people.

    Their access ended when they were erased. Whoever was present until then is counted for an hour by the guard against
    mass deprovisioning, and their empty row stays that long.
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
