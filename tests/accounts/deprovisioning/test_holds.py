"""An admin carries out or drops what the guard against mass deprovisioning holds."""

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import holds
from accounts.models import AuditEntry, HeldDeparture, User
from tests.accounts.deprovisioning.conftest import open_ones
from tests.support.cast import Cast
from tests.support.changing import erase

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("few")]


@pytest.mark.usefixtures("holding")
def test_releasing_ends_the_access_of_all_and_the_alert(cast: Cast, people: Iterator[User], leave: Any) -> None:
    for _ in range(5):
        leave(next(people))
    gone = next(people)
    leave(gone, verb=erase)
    assert holds.release_all(cast.acme, OPERATOR) == 3
    assert User.objects.filter(origin="scim", state="deprovisioned").count() == 6
    gone.refresh_from_db()
    assert gone.erased_at is not None
    assert (holds.held(cast.acme), open_ones(cast)) == (0, 0)


@pytest.mark.usefixtures("holding")
def test_after_a_decision_deprovisionings_are_counted_anew(cast: Cast, people: Iterator[User], leave: Any) -> None:
    for _ in range(5):
        leave(next(people))
    holds.release_all(cast.acme, OPERATOR)
    assert [leave(next(people)) for _ in range(4)] == ["deprovisioned"] * 3 + ["pending"]


@pytest.mark.usefixtures("holding")
def test_keeping_forgets_what_the_idp_asked_for(cast: Cast, people: Iterator[User], leave: Any) -> None:
    for _ in range(5):
        leave(next(people))
    assert holds.drop_all(cast.acme, OPERATOR) == 2
    assert (holds.held(cast.acme), open_ones(cast)) == (0, 0)
    assert AuditEntry.objects.filter(action="user.departure-dropped").count() == 2


@pytest.mark.usefixtures("holding")
def test_the_last_admin_is_not_deprovisioned_with_the_others(cast: Cast) -> None:
    HeldDeparture.objects.create(account=cast.acme, user=cast.alice, asked_by="provisioning")
    assert holds.release_all(cast.acme, OPERATOR) == 0
    assert User.objects.get(pk=cast.alice.pk).state == "active"
    assert holds.held(cast.acme) == 0


@pytest.mark.usefixtures("holding")
def test_another_account_decides_nothing_here(cast: Cast, people: Iterator[User], leave: Any) -> None:
    for _ in range(5):
        leave(next(people))
    for verb in (holds.release_all, holds.drop_all):
        assert verb(cast.globex, OPERATOR) == 0
    assert (holds.held(cast.acme), open_ones(cast)) == (2, 1)


def test_whether_to_hold_is_in_the_audit_log(cast: Cast) -> None:
    assert holds.set_hold(cast.acme, True, OPERATOR)
    assert not holds.set_hold(cast.acme, True, OPERATOR)
    entry = AuditEntry.objects.get(action="account.hold-mass-departures-changed")
    assert entry.changes == {"hold_mass_departures": [False, True]}
