"""The guard against mass deprovisioning (R45): told once, held where the account says so, decided by an admin."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from accounts import alerts
from accounts.audit.audit import OPERATOR, Actor
from accounts.deprovisioning import end_access, guard, holds
from accounts.deprovisioning.erase import erase
from accounts.deprovisioning.guard import Standing
from accounts.models import Account, Alert, AuditEntry, HeldDeparture, User
from accounts.provisioning import provisioning
from accounts.provisioning.user_record import UserRecord
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
SCIM = Actor("provisioning (Okta)", automatic=True)


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three people may leave within an hour."""
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
    """Provisioning lets a person go; gives their state."""

    def let_go(user: User, acting: Actor = SCIM, verb: Any = end_access.deprovision) -> str:
        account = Account.objects.get(pk=cast.acme.pk)  # as each request reads it
        with django_capture_on_commit_callbacks(execute=True):
            verb(user.pk, account, acting=acting)
        return User.objects.get(pk=user.pk).state

    return let_go


def open_ones(cast: Cast) -> int:
    return len(alerts.open_alerts(cast.acme))


def test_as_many_as_usual_tell_nobody(cast: Cast, people: Iterator[User], leave: Any) -> None:
    for _ in range(3):
        leave(next(people))
    assert open_ones(cast) == 0


def test_one_more_raises_one_alert_and_they_go_all_the_same(cast: Cast, people: Iterator[User], leave: Any) -> None:
    states = [leave(next(people)) for _ in range(6)]
    assert (open_ones(cast), Alert.objects.count(), set(states)) == (1, 1, {"deprovisioned"})
    assert "at most 3 people" in Alert.objects.get().sentence


def test_the_erased_count_too(cast: Cast, people: Iterator[User], leave: Any) -> None:
    for _ in range(4):
        leave(next(people), verb=erase)
    assert open_ones(cast) == 1


def test_who_comes_back_counts_no_longer(cast: Cast, people: Iterator[User], leave: Any) -> None:
    for _ in range(6):
        person = next(people)
        leave(person)
        end_access.restore(person.pk, cast.acme, acting=SCIM)
    assert open_ones(cast) == 0


def test_who_left_more_than_an_hour_ago_counts_no_longer(cast: Cast, people: Iterator[User], leave: Any) -> None:
    for _ in range(6):
        leave(next(people))
        User.objects.filter(state="deprovisioned").update(deprovisioned_at=timezone.now() - timedelta(minutes=61))
    assert open_ones(cast) == 0


def test_who_was_announced_without_access_never_left(cast: Cast, people: Iterator[User], leave: Any) -> None:
    for number in range(6):
        provisioning.provision(cast.acme, UserRecord(f"n{number}", active=False), acting=SCIM)
    leave(next(people))
    assert open_ones(cast) == 0


def test_people_of_another_account_do_not_count(cast: Cast, people: Iterator[User], leave: Any) -> None:
    for number in range(6):
        user = provisioning.provision(cast.globex, UserRecord(f"g{number}"), acting=SCIM)
        end_access.deprovision(user.pk, cast.globex, acting=SCIM)
    leave(next(people))
    assert open_ones(cast) == 0


@pytest.mark.parametrize(("people_in_account", "most"), [(0, 50), (250, 50), (255, 51), (100_000, 20_000)])
def test_what_is_usual_grows_with_the_account(monkeypatch: Any, people_in_account: int, most: int) -> None:
    monkeypatch.setattr(guard, "AT_LEAST", 50)
    assert guard.usual(Account(user_count=people_in_account)) == most


def test_an_alert_of_the_hour_before_is_told_again(cast: Cast, people: Iterator[User], leave: Any) -> None:
    for _ in range(4):
        leave(next(people))
    Alert.objects.update(raised_at=timezone.now() - timedelta(hours=2))
    leave(next(people))
    assert Alert.objects.get().raised_at > timezone.now() - timedelta(minutes=1)


@pytest.mark.usefixtures("holding")
def test_where_the_account_says_so_the_rest_is_held(cast: Cast, people: Iterator[User], leave: Any) -> None:
    states = [leave(next(people)) for _ in range(6)]
    assert states == ["deprovisioned"] * 3 + ["pending"] * 3
    assert (holds.held(cast.acme), open_ones(cast)) == (3, 1)
    assert AuditEntry.objects.filter(action="user.departure-held").count() == 3


@pytest.mark.usefixtures("holding")
def test_who_comes_next_waits_too_as_long_as_nobody_has_decided(cast: Cast, people: Iterator[User], leave: Any) -> None:
    for _ in range(4):
        leave(next(people))
    User.objects.filter(state="deprovisioned").update(deprovisioned_at=timezone.now() - timedelta(hours=5))
    assert leave(next(people)) == "pending"


@pytest.mark.usefixtures("holding")
def test_a_held_departure_that_is_asked_for_again_is_held_once(cast: Cast, people: Iterator[User], leave: Any) -> None:
    for _ in range(3):
        leave(next(people))
    held = next(people)
    for _ in range(3):
        leave(held)
    leave(held, verb=erase)
    assert HeldDeparture.objects.get().erase
    assert AuditEntry.objects.filter(action="user.departure-held").count() == 2


@pytest.mark.usefixtures("holding")
def test_what_else_is_said_of_a_held_person_is_taken_over(cast: Cast, people: Iterator[User], leave: Any) -> None:
    for _ in range(3):
        leave(next(people))
    held = next(people)
    record = UserRecord(held.user_name, emails=(held.email,), first_name="Ann", active=False)
    provisioning.revise(held.pk, cast.acme, record, acting=SCIM)
    held.refresh_from_db()
    assert (held.state, held.first_name) == ("pending", "Ann")


@pytest.mark.usefixtures("holding")
def test_a_person_let_go_by_an_admin_is_never_held(cast: Cast, people: Iterator[User], leave: Any) -> None:
    persons = [next(people) for _ in range(6)]
    for person in persons:
        leave(person)
    assert leave(persons[5], OPERATOR) == "deprovisioned"
    assert holds.held(cast.acme) == 2


@pytest.mark.usefixtures("holding")
def test_letting_go_ends_the_access_of_all_and_the_alert(cast: Cast, people: Iterator[User], leave: Any) -> None:
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
def test_after_a_decision_people_are_counted_anew(cast: Cast, people: Iterator[User], leave: Any) -> None:
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
def test_the_idp_may_take_its_word_back(cast: Cast, people: Iterator[User], leave: Any) -> None:
    persons = [next(people) for _ in range(5)]
    for person in persons:
        leave(person)
    back = persons[3]
    record = UserRecord(back.user_name, emails=(back.email,), active=True)
    provisioning.revise(back.pk, cast.acme, record, acting=SCIM)
    end_access.restore(persons[4].pk, cast.acme, acting=OPERATOR)
    assert holds.held(cast.acme) == 0
    assert AuditEntry.objects.filter(action="user.departure-dropped").count() == 2


@pytest.mark.usefixtures("holding")
def test_the_last_admin_is_not_let_go_with_the_others(cast: Cast) -> None:
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


def test_in_a_large_account_not_each_departure_counts() -> None:
    large = Account(user_count=100_000)
    counting = [guard._counts(large, uuid4()) for _ in range(40_000)]
    assert 50 < sum(counting) < 170  # one in 400


@pytest.mark.parametrize(("hold", "queries"), [(False, 0), (True, 1)])
def test_a_departure_that_does_not_count_asks_only_where_it_could_be_held(
    cast: Cast, django_assert_num_queries: Any, hold: bool, queries: int
) -> None:
    large = Account(pk=cast.acme.pk, user_count=100_000, last_user_number=100_000, hold_mass_departures=hold)
    with django_assert_num_queries(queries):
        assert guard.standing(large, UUID(int=1)) == Standing.QUIET


def test_where_too_few_ever_were_nobody_asks(cast: Cast, django_assert_num_queries: Any) -> None:
    small = Account(pk=cast.acme.pk, user_count=2, last_user_number=2)
    with django_assert_num_queries(0):
        assert guard.standing(small, UUID(int=0)) == Standing.QUIET


def test_whether_to_hold_is_in_the_audit_log(cast: Cast) -> None:
    assert holds.set_hold(cast.acme, True, OPERATOR)
    assert not holds.set_hold(cast.acme, True, OPERATOR)
    entry = AuditEntry.objects.get(action="account.hold-mass-departures-changed")
    assert entry.changes == {"hold_mass_departures": [False, True]}
