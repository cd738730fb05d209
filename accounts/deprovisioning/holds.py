"""An admin's yes or no to departures that the guard against mass deprovisioning holds (`guard`).

Either closes the alert, and from then on people are counted anew.
"""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
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
from accounts.users.locking import locked, locked_with_account
from accounts.users.protection import Protected

BATCH = 500
Decide = Callable[[UUID, Account, Actor], bool]


def held(account: Account) -> int:
    """How many people wait for a decision."""
    return HeldDeparture.objects.in_account(account).count()


def held_until(account: Account, moment: datetime) -> int:
    """How many of those who were held by then still wait."""
    return HeldDeparture.objects.in_account(account).filter(asked_at__lte=moment).count()


def release_all(account: Account, acting: Actor, *, until: datetime | None = None, seconds: float | None = None) -> int:
    """Lets all go who were held by `until` (now), or erases whom the IdP deleted; gives how many.

    Stops after `seconds`. Each is a transaction of its own. Somebody who may not leave (the last account admin) stays,
    and is held no longer. People who have more permissions than the actor wait for somebody who has them.
    """
    return _decide(account, acting, _release, until, seconds)


def drop_all(account: Account, acting: Actor, *, until: datetime | None = None, seconds: float | None = None) -> int:
    """As `release_all`, but they stay. What the IdP asked for is forgotten: it has to ask again."""
    return _decide(account, acting, _drop, until, seconds)


def release_one(account: Account, user_id: UUID, acting: Actor) -> bool:
    """Deprovisions one held person; False when they are not held (any more), or may not leave.

    Raises PermissionsExceeded for a person who has more permissions than the actor.
    """
    return _decide_one(account, user_id, acting, _release)


def drop_one(account: Account, user_id: UUID, acting: Actor) -> bool:
    """Keeps one held person; False when they are not held (any more). Raises as `release_one`."""
    return _decide_one(account, user_id, acting, _drop)


@transaction.atomic
def set_hold(account: Account, on: bool, acting: Actor) -> bool:
    """Whether mass departures of the account are held from now on; gives whether that is a change."""
    locked = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    if locked.hold_mass_departures == on:
        return False
    Account.objects.filter(pk=account.pk).update(hold_mass_departures=on)
    account.hold_mass_departures = on
    changes = {"hold_mass_departures": [not on, on]}
    audit.record(acting, "account.hold-mass-departures-changed", locked, changes)
    return True


def _decide(account: Account, acting: Actor, decide: Decide, until: datetime | None, seconds: float | None) -> int:
    """Those who are held at `until`. Who is held meanwhile keeps the alert open, and another decision waiting."""
    until, done = until or timezone.now(), 0
    ends_at = time.monotonic() + (math.inf if seconds is None else seconds)
    for user_id in _waiting(account, until):
        with suppress(PermissionsExceeded):
            done += _decided(decide, user_id, account, acting)
        if time.monotonic() >= ends_at:
            break
    _close_when_nobody_waits(account)
    return done


def _decide_one(account: Account, user_id: UUID, acting: Actor, decide: Decide) -> bool:
    done = _decided(decide, user_id, account, acting)
    _close_when_nobody_waits(account)
    return done


def _close_when_nobody_waits(account: Account) -> None:
    if not held(account):
        alerts.resolve_alerts(account.pk, AlertKind.MASS_DEPARTURE)


def _decided(decide: Decide, user_id: UUID, account: Account, acting: Actor) -> bool:
    try:
        return decide(user_id, account, acting)
    except User.DoesNotExist:  # erased by somebody else at this moment, and held no longer
        return False


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
    try:
        return _carry_out(user_id, account, acting)
    except Protected as refusal:
        _drop(user_id, account, acting)
        protection.remember(refusal)
        return False


def _carry_out(user_id: UUID, account: Account, acting: Actor) -> bool:
    """False when the identity provider withdrew its request meanwhile: the first to lock the user decides."""
    with locked_with_account(user_id, account) as user:
        asked = guard.held_deprovisioning(user)
        if asked is None or not guard.drop(user):
            return False
        if asked.erase:
            erase_locked(user, acting=acting)
        else:
            deprovision_locked(user, acting=acting)
        return True


def _drop(user_id: UUID, account: Account, acting: Actor) -> bool:
    with locked(user_id, account) as user:
        check_may_act_on([user], acting)
        return guard.keep(user, acting)
