"""The guard against mass deprovisioning (R45): a wrong filter in the identity provider lets a whole company go.

When more people than usual left within an hour, an alert is raised. Where the account says so, everybody whom
provisioning lets go from then on is held: they stay in until an admin decides (`holds`). Everybody who left
counts, whoever let them go, but only automatic actors are held. Why not refused: `docs/decisions/0008`.
"""

from datetime import timedelta
from enum import IntEnum
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.utils import timezone

from accounts import alerts
from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.models import Account, Alert, HeldDeparture, User
from accounts.models.work import AlertKind
from common.db import statements
from common.db.statements import NeedsLock

log = structlog.get_logger(__name__)

WITHIN = timedelta(hours=1)
AT_LEAST = 50
PERCENT = 20
# A count reads as many entries of the index as people may leave, and PostgreSQL plans it anew each time. Where that is
# more than this, not each departure counts, so that on average none reads more; in return the guard notices about a
# fiftieth of a crowd later.
READ_ON_AVERAGE = 50


class Standing(IntEnum):
    """How it is in the account before one more person leaves."""

    QUIET = 0
    CROWD = 1  # more than usual left: an alert
    CROWD_HELD = 2  # the same, and the account holds who comes next
    WAITING = 3  # some are held, and an admin has not decided: whoever comes next waits with them


# By hand: it comes before every departure, and the ORM would take longer to write it than the database to answer.
# People count since the hour began, or since an admin closed the last alert. Who was announced without access
# (epoch 0) never left.
_STANDING = """
SELECT CASE
 WHEN account.hold_mass_departures AND EXISTS (
  SELECT 1 FROM accounts_helddeparture held WHERE held.account_id = account.id) THEN 3
 WHEN NOT account.hold_mass_departures AND EXISTS (
  SELECT 1 FROM accounts_alert alert WHERE alert.account_id = account.id AND alert.kind = %s
   AND alert.resolved_at IS NULL AND alert.raised_at > %s) THEN 0
 WHEN %s = 0 THEN 0
 WHEN EXISTS (
  SELECT 1 FROM accounts_user gone WHERE gone.account_id = account.id AND gone.session_epoch > 0
   AND gone.deprovisioned_at > %s AND gone.deprovisioned_at > COALESCE((
    SELECT MAX(alert.resolved_at) FROM accounts_alert alert WHERE alert.account_id = account.id AND alert.kind = %s
   ), %s) LIMIT 1 OFFSET %s) THEN CASE WHEN account.hold_mass_departures THEN 2 ELSE 1 END
 ELSE 0 END
FROM accounts_account account WHERE account.id = %s
"""


def usual(account: Account) -> int:
    """So many people may leave within an hour without anybody being told."""
    return max(AT_LEAST, account.user_count * PERCENT // 100)


def standing(account: Account, user_id: UUID) -> Standing:
    """How it is before this person leaves. One query at most."""
    if not _asks(account, user_id):
        return Standing.QUIET
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, _parameters(account, user_id))
        row = cursor.fetchone()
    return Standing(row[0] if row else 0)


def must_wait(user: User, acting: Actor) -> bool:
    """Whether this departure is held; raises the alert, after commit, when too many left.

    Raises NeedsLock when it is to be held and the person is not locked.
    """
    if not acting.automatic:
        return False
    found = standing(user.account, user.pk)
    if found in (Standing.CROWD, Standing.CROWD_HELD):
        sentence = _sentence(usual(user.account), held=found == Standing.CROWD_HELD)
        transaction.on_commit(partial(_raise_alert, user.account_id, sentence), robust=True)
    if found not in (Standing.CROWD_HELD, Standing.WAITING):
        return False
    if user.stamp:
        raise NeedsLock
    return True


def held_deprovisioning(user: User) -> HeldDeparture | None:
    """Return what is held of a user who was read with it (`locking.locked_user`)."""
    return getattr(user, "held_departure", None)


def hold(user: User, acting: Actor, *, erase: bool) -> None:
    """The person, locked, stays in until an admin decides. Held twice is held once; to erase is more than to let go."""
    held = held_deprovisioning(user)
    if held is not None and (held.erase or not erase):
        return
    told = audit.entry(acting, "user.departure-held", user, {"asked_for": [None, "erase" if erase else "deprovision"]})
    if held is None:
        held = HeldDeparture(account_id=user.account_id, user=user, erase=erase, asked_by=acting.label)
        statements.write(statements.inserting([held]), statements.inserting([told]))
    else:
        held.erase = True
        statements.write(statements.updating(held, ["erase"]), statements.inserting([told]))


def drop(user: User) -> bool:
    """Holds the departure of this person, locked, no longer; False when it was not held, or another was quicker."""
    held = held_deprovisioning(user)
    if held is None:
        return False
    user._state.fields_cache.pop("held_departure", None)
    return bool(HeldDeparture.objects.in_account(user.account_id).filter(pk=held.pk).delete()[0])


def keep(user: User, acting: Actor) -> bool:
    """As `drop`, because the person stays."""
    held = held_deprovisioning(user)
    if held is None or not drop(user):
        return False
    audit.record(acting, "user.departure-dropped", user, {"asked_by": [held.asked_by, None]})
    return True


def _sentence(most: int, *, held: bool) -> str:
    then = (
        "Who is let go by provisioning from now on is held and stays in: look at the identity provider, then let them"
        " go or keep them."
        if held
        else "If that is a mistake, stop provisioning in the identity provider, assign the people again, or restore"
        " them."
    )
    return f"Expected at most {most} people to leave within an hour; more did. {then}"


def _raise_alert(account_id: UUID, sentence: str) -> None:
    if alerts.raise_alert(account_id, AlertKind.MASS_DEPARTURE, "", sentence) is not None:
        return
    stale: Any = Alert.objects.in_account(account_id).filter(kind=AlertKind.MASS_DEPARTURE, resolved_at=None)
    now = timezone.now()
    if stale.filter(raised_at__lt=now - WITHIN).update(raised_at=now, sentence=sentence):
        log.warning("Alert raised again", account=str(account_id), kind=str(AlertKind.MASS_DEPARTURE))


def _asks(account: Account, user_id: UUID) -> bool:
    """Where departures are held each has to know; elsewhere only one that counts, where so many people ever were.

    `account` as this request read it.
    """
    return account.hold_mass_departures or (account.last_user_number >= usual(account) and _counts(account, user_id))


def _counts(account: Account, user_id: UUID) -> bool:
    return bool(user_id.int % max(1, usual(account) // READ_ON_AVERAGE) == 0)


def _parameters(account: Account, user_id: UUID) -> list[Any]:
    since = connection.ops.adapt_datetimefield_value(timezone.now() - WITHIN)
    kind, most = str(AlertKind.MASS_DEPARTURE), usual(account)
    key = Account._meta.pk.get_db_prep_value(account.pk, connection)
    return [kind, since, int(_counts(account, user_id)), since, kind, since, most - 1, key]
