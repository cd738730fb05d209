"""An admin carries out or drops what the guard against mass deprovisioning holds."""

from collections.abc import Iterator
from typing import Any

import pytest

from accounts import alerts
from accounts.audit.audit import OPERATOR, Actor
from accounts.deprovisioning import end_access, guard, holds
from accounts.deprovisioning.erase import erase
from accounts.models import Account, AuditEntry, HeldDeparture, User
from accounts.provisioning import provisioning
from accounts.provisioning.user_record import UserRecord
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
SCIM = Actor("provisioning (Okta)", automatic=True)


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three users may be deprovisioned within an hour."""
    monkeypatch.setattr(guard, "AT_LEAST", 3)


@pytest.fixture
def people(cast: Cast) -> Iterator[User]:
    def announced() -> Iterator[User]:
        for number in range(100):
            record = UserRecord(f"p{number}@acme.example", emails=(f"p{number}@acme.example",))
            yield provisioning.provision(cast.acme, record, acting=SCIM)

    return announced()


@pytest.fixture
def holding(cast: Cast) -> None:
    holds.set_hold(cast.acme, True, OPERATOR)


@pytest.fixture
def leave(cast: Cast, django_capture_on_commit_callbacks: Any) -> Any:
    """Provisioning deprovisions a user; gives their state."""

    def end(user: User, acting: Actor = SCIM, verb: Any = end_access.deprovision) -> str:
        account = Account.objects.get(pk=cast.acme.pk)  # as each request reads it
        with django_capture_on_commit_callbacks(execute=True):
            verb(user.pk, account, acting=acting)
        return User.objects.get(pk=user.pk).state

    return end


def open_ones(cast: Cast) -> int:
    return len(alerts.open_alerts(cast.acme))


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
