"""The guard against mass deprovisioning (R45): one wrong filter in the identity provider can deprovision a company.

When more users than usual were deprovisioned within an hour, an alert is raised. Where the account holds mass
deprovisionings, whatever provisioning asks for from then on is held: those users keep access until an admin decides
(`holds`). Every deprovisioning counts, but only those by automatic actors are held. Why they are not refused:
`docs/decisions/0008`.
"""

from datetime import timedelta
from enum import IntEnum
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from accounts import alerts
from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.models import Account, Alert, HeldDeparture, User
from accounts.models.work import AlertKind
from accounts.users.locking import held_deprovisioning
from common.db import statements

log = structlog.get_logger(__name__)

WITHIN = timedelta(hours=1)
AT_LEAST = 50
PERCENT = 20
# A count reads as many index entries as users may be deprovisioned, and PostgreSQL plans it anew each time. Where
# that is more than this, only some deprovisionings count, so that on average none reads more; in return the guard
# notices about a fiftieth of a crowd later.
READ_ON_AVERAGE = 50


class Standing(IntEnum):
    """The state of the account before one more user is deprovisioned."""

    QUIET = 0
    CROWD = 1  # more than usual were deprovisioned: an alert
    CROWD_HELD = 2  # the same, and the account holds the next ones
    WAITING = 3  # some are held, and an admin has not decided: the next ones wait with them


def usual(account: Account) -> int:
    """How many users may be deprovisioned within an hour without an alert."""
    return max(AT_LEAST, account.user_count * PERCENT // 100)


def standing(account: Account, user_id: UUID) -> Standing:
    """The state before this user is deprovisioned. `account` as this request read it; three queries at most."""
    holds = account.hold_mass_departures
    if holds and HeldDeparture.objects.in_account(account).exists():
        return Standing.WAITING
    if not holds and account.last_user_number < usual(account):  # so many users never were
        return Standing.QUIET
    if not _counts(account, user_id) or not _is_crowd(account):
        return Standing.QUIET
    return Standing.CROWD_HELD if holds else Standing.CROWD


def hold_if_too_many(user: User, acting: Actor, *, erase: bool) -> bool:
    """Hold the deprovisioning of a locked user, if the guard steps in; raise the alert, after commit, at a crowd."""
    if not acting.automatic:
        return False
    found = standing(user.account, user.pk)
    if found in (Standing.CROWD, Standing.CROWD_HELD):
        sentence = _sentence(usual(user.account), held=found == Standing.CROWD_HELD)
        transaction.on_commit(partial(_raise_alert, user.account_id, sentence), robust=True)
    if found not in (Standing.CROWD_HELD, Standing.WAITING):
        return False
    hold(user, acting, erase=erase)
    return True


def hold(user: User, acting: Actor, *, erase: bool) -> None:
    """Let a locked user keep access until an admin decides. Held twice is held once, and erasing counts more."""
    held = held_deprovisioning(user)
    if held is not None and (held.erase or not erase):
        return
    changes = {"asked_for": [None, "erase" if erase else "deprovision"]}
    entry = audit.entry(acting, "user.departure-held", user, changes)
    if held is None:
        held = HeldDeparture(account_id=user.account_id, user=user, erase=erase, asked_by=acting.label)
        statements.write(statements.inserting([held]), statements.inserting([entry]))
    else:
        held.erase = True
        statements.write(statements.updating(held, ["erase"]), statements.inserting([entry]))


def drop(user: User) -> bool:
    """Remove what is held of a locked user; return False where nothing was."""
    held = held_deprovisioning(user)
    if held is None:
        return False
    user._state.fields_cache["held_departure"] = None
    return bool(HeldDeparture.objects.in_account(user.account_id).filter(pk=held.pk).delete()[0])


def keep(user: User, acting: Actor) -> bool:
    """As `drop`, because the user keeps access; with an audit entry."""
    held = held_deprovisioning(user)
    if held is None or not drop(user):
        return False
    audit.record(acting, "user.departure-dropped", user, {"asked_by": [held.asked_by, None]})
    return True


def _sentence(most: int, *, held: bool) -> str:
    then = (
        "What provisioning asks for from now on is held, and those users keep access: look at the identity provider,"
        " then deprovision or keep them."
        if held
        else "If that is a mistake, stop provisioning in the identity provider, assign the users again, or restore"
        " them."
    )
    return f"Expected at most {most} users to be deprovisioned within an hour; received more. {then}"


def _raise_alert(account_id: UUID, sentence: str) -> None:
    if alerts.raise_alert(account_id, AlertKind.MASS_DEPARTURE, "", sentence) is not None:
        return
    stale: Any = Alert.objects.in_account(account_id).filter(kind=AlertKind.MASS_DEPARTURE, resolved_at=None)
    now = timezone.now()
    if stale.filter(raised_at__lt=now - WITHIN).update(raised_at=now, sentence=sentence):
        log.warning("Alert raised again", account=str(account_id), kind=str(AlertKind.MASS_DEPARTURE))


def _counts(account: Account, user_id: UUID) -> bool:
    return bool(user_id.int % max(1, usual(account) // READ_ON_AVERAGE) == 0)


def _is_crowd(account: Account) -> bool:
    """Whether as many as usual were deprovisioned within the hour, or since an admin closed the last alert.

    Without holds, an alert of this hour has said so already. Users created without access (epoch 0) never had any.
    """
    hour_ago = timezone.now() - WITHIN
    raised = Alert.objects.in_account(account).filter(kind=AlertKind.MASS_DEPARTURE)
    alert = raised.aggregate(open_since=Max("raised_at", filter=Q(resolved_at=None)), closed_at=Max("resolved_at"))
    if alert["open_since"] and alert["open_since"] > hour_ago and not account.hold_mass_departures:
        return False
    since = max(hour_ago, alert["closed_at"] or hour_ago)
    gone = User.objects.in_account(account).filter(session_epoch__gt=0, deprovisioned_at__gt=since)
    most = usual(account)
    return bool(gone.order_by()[most - 1 : most].exists())
