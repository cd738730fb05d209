"""The guard against mass deprovisioning (R45): one alert, and holds where the account says so."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import end_access, guard, holds
from accounts.deprovisioning.guard import Standing
from accounts.models import Account, Alert, AuditEntry, HeldDeparture, User
from accounts.provisioning import provisioning
from accounts.provisioning.provisioning import UserRecord
from tests.accounts.deprovisioning.conftest import SCIM, open_ones
from tests.support import changing
from tests.support.cast import Cast
from tests.support.changing import erase

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("few")]


def test_as_many_as_usual_raise_no_alert(cast: Cast, people: Iterator[User], leave: Any) -> None:
    for _ in range(3):
        leave(next(people))
    assert open_ones(cast) == 0


def test_one_more_raises_one_alert_and_is_deprovisioned_all_the_same(
    cast: Cast, people: Iterator[User], leave: Any
) -> None:
    states = [leave(next(people)) for _ in range(6)]
    assert (open_ones(cast), Alert.objects.count(), set(states)) == (1, 1, {"deprovisioned"})
    assert "at most 3 users" in Alert.objects.get().sentence


def test_the_erased_count_too(cast: Cast, people: Iterator[User], leave: Any) -> None:
    for _ in range(4):
        leave(next(people), verb=erase)
    assert open_ones(cast) == 1


def test_a_restored_user_counts_no_longer(cast: Cast, people: Iterator[User], leave: Any) -> None:
    for _ in range(6):
        person = next(people)
        leave(person)
        end_access.restore(person.pk, cast.acme, acting=SCIM)
    assert open_ones(cast) == 0


def test_a_deprovisioning_of_more_than_an_hour_ago_counts_no_longer(
    cast: Cast, people: Iterator[User], leave: Any
) -> None:
    for _ in range(6):
        leave(next(people))
        User.objects.filter(state="deprovisioned").update(deprovisioned_at=timezone.now() - timedelta(minutes=61))
    assert open_ones(cast) == 0


def test_a_user_created_without_access_does_not_count(cast: Cast, people: Iterator[User], leave: Any) -> None:
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


def test_an_alert_of_the_hour_before_is_raised_again(cast: Cast, people: Iterator[User], leave: Any) -> None:
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
def test_the_next_is_held_too_as_long_as_nobody_has_decided(cast: Cast, people: Iterator[User], leave: Any) -> None:
    for _ in range(4):
        leave(next(people))
    User.objects.filter(state="deprovisioned").update(deprovisioned_at=timezone.now() - timedelta(hours=5))
    assert leave(next(people)) == "pending"


@pytest.mark.usefixtures("holding")
def test_a_deprovisioning_asked_for_twice_is_held_once(cast: Cast, people: Iterator[User], leave: Any) -> None:
    for _ in range(3):
        leave(next(people))
    held = next(people)
    for _ in range(3):
        leave(held)
    leave(held, verb=erase)
    assert HeldDeparture.objects.get().erase
    assert AuditEntry.objects.filter(action="user.departure-held").count() == 2


@pytest.mark.usefixtures("holding")
def test_other_changes_of_a_held_user_are_made(cast: Cast, people: Iterator[User], leave: Any) -> None:
    for _ in range(3):
        leave(next(people))
    held = next(people)
    record = UserRecord(held.user_name, emails=(held.email,), first_name="Ann", active=False)
    changing.revise(held.pk, cast.acme, record, acting=SCIM)
    held.refresh_from_db()
    assert (held.state, held.first_name) == ("pending", "Ann")


@pytest.mark.usefixtures("holding")
def test_a_deprovisioning_by_an_admin_is_never_held(cast: Cast, people: Iterator[User], leave: Any) -> None:
    persons = [next(people) for _ in range(6)]
    for person in persons:
        leave(person)
    assert leave(persons[5], OPERATOR) == "deprovisioned"
    assert holds.held(cast.acme) == 2


@pytest.mark.usefixtures("holding")
def test_the_idp_may_withdraw_its_request(cast: Cast, people: Iterator[User], leave: Any) -> None:
    persons = [next(people) for _ in range(5)]
    for person in persons:
        leave(person)
    back = persons[3]
    record = UserRecord(back.user_name, emails=(back.email,), active=True)
    changing.revise(back.pk, cast.acme, record, acting=SCIM)
    end_access.restore(persons[4].pk, cast.acme, acting=OPERATOR)
    assert holds.held(cast.acme) == 0
    assert AuditEntry.objects.filter(action="user.departure-dropped").count() == 2


def test_in_a_large_account_not_each_deprovisioning_counts() -> None:
    large = Account(user_count=100_000)
    counting = [guard._counts(large, uuid4()) for _ in range(40_000)]
    assert 50 < sum(counting) < 170  # one in 400


@pytest.mark.parametrize(("hold", "queries"), [(False, 0), (True, 1)])
def test_one_that_does_not_count_asks_only_where_it_could_be_held(
    cast: Cast, django_assert_num_queries: Any, hold: bool, queries: int
) -> None:
    large = Account(pk=cast.acme.pk, user_count=100_000, last_user_number=100_000, hold_mass_departures=hold)
    with django_assert_num_queries(queries):
        assert guard.standing(large, UUID(int=1)) == Standing.QUIET


def test_where_too_few_ever_were_no_query_is_made(cast: Cast, django_assert_num_queries: Any) -> None:
    small = Account(pk=cast.acme.pk, user_count=2, last_user_number=2)
    with django_assert_num_queries(0):
        assert guard.standing(small, UUID(int=0)) == Standing.QUIET
