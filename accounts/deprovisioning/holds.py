"""Deprovisioning awaiting approval: an admin carries out or drops what the guard against mass deprovisioning holds.

Either decision closes the alert, and deprovisionings are counted anew from then on.
"""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import alerts
from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.deprovisioning import guard
from accounts.deprovisioning.end_access import deprovision_locked
from accounts.deprovisioning.erase import erase_locked
from accounts.models import Account, HeldDeparture, User
from accounts.models.work import AlertKind
from accounts.rights import PermissionsExceeded, check_may_act_on
from accounts.users import protection
from accounts.users.locking import held_deprovisioning, locked, locked_with_account
from accounts.users.protection import Protected

BATCH = 500
Decide = Callable[[UUID, Account, Actor], bool]


def held(account: Account) -> int:
    """How many users are held."""
    return HeldDeparture.objects.in_account(account).count()


def held_until(account: Account, time: datetime) -> int:
    """How many of the users who were held by then still are."""
    return HeldDeparture.objects.in_account(account).filter(asked_at__lte=time).count()


@transaction.atomic
def set_hold(account: Account, on: bool, acting: Actor) -> bool:
    """Set whether the account holds mass deprovisioning; return whether that is a change."""
    current = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    if current.hold_mass_departures == on:
        return False
    Account.objects.filter(pk=account.pk).update(hold_mass_departures=on)
    account.hold_mass_departures = on
    changes = {"hold_mass_departures": [not on, on]}
    audit.record(acting, "account.hold-mass-departures-changed", current, changes)
    return True


def _close_alert_when_none_is_held(account: Account) -> None:
    if not held(account):
        alerts.resolve_alerts(account.pk, AlertKind.MASS_DEPARTURE)


def _waiting(account: Account, until: datetime) -> Iterator[UUID]:
    """Oldest first, each once, read in batches: decisions delete the rows they are about."""
    found = HeldDeparture.objects.in_account(account).filter(asked_at__lte=until).order_by("asked_at", "pk")
    rows = list(found.values_list("asked_at", "pk", "user_id")[:BATCH])
    while rows:
        yield from (user_id for *_, user_id in rows)
        at, key = rows[-1][:2]
        later = found.filter(Q(asked_at__gt=at) | Q(asked_at=at, pk__gt=key))
        rows = list(later.values_list("asked_at", "pk", "user_id")[:BATCH])


def _release(user_id: UUID, account: Account, acting: Actor) -> bool:
    """False when the identity provider withdrew its request meanwhile: the first to lock the user decides."""
    try:
        with locked_with_account(user_id, account) as user:
            asked = held_deprovisioning(user)
            if asked is None or not guard.drop(user):
                return False
            if asked.erase:
                erase_locked(user, acting=acting)
            else:
                deprovision_locked(user, acting=acting)
            return True
    except Protected as refusal:
        _drop(user_id, account, acting)
        protection.remember(refusal)
        return False


def _drop(user_id: UUID, account: Account, acting: Actor) -> bool:
    with locked(user_id, account) as user:
        check_may_act_on([user], acting)
        return guard.keep(user, acting)


def _decide_all(
    decide: Decide, account: Account, acting: Actor, *, until: datetime | None = None, seconds: float | None = None
) -> int:
    """Decide about the users who were held by `until` (default: now); return how many. Stops after `seconds`.

    Each is a transaction of its own. Users with more permissions than the actor stay held. Users held after `until`
    keep the alert open for another decision.
    """
    until, done = until or timezone.now(), 0
    ends_at = time.monotonic() + (math.inf if seconds is None else seconds)
    for user_id in _waiting(account, until):
        with suppress(PermissionsExceeded, User.DoesNotExist):  # the second: erased meanwhile
            done += decide(user_id, account, acting)
        if time.monotonic() >= ends_at:
            break
    _close_alert_when_none_is_held(account)
    return done


def _decide_one(decide: Decide, account: Account, user_id: UUID, acting: Actor) -> bool:
    """Decide about one held user; return False when they are not held.

    Raises PermissionsExceeded for a user with more permissions than the actor.
    """
    done = False
    with suppress(User.DoesNotExist):  # erased meanwhile
        done = decide(user_id, account, acting)
    _close_alert_when_none_is_held(account)
    return done


# Deprovision, or erase. The last account admin keeps access and is held no longer.
release_all, release_one = partial(_decide_all, _release), partial(_decide_one, _release)
# The users keep access. The identity provider has to ask again.
drop_all, drop_one = partial(_decide_all, _drop), partial(_decide_one, _drop)
