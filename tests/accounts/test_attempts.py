"""Tries are counted before the work, and what can never succeed is given up."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import attempts
from accounts.attempts import MOST_ATTEMPTS, Parked, attempting
from accounts.models import TaskAttempt
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """Ends a try as a killed process does: nothing that comes after is run."""


def attempt(cast: Cast, problem: BaseException | None = None) -> None:
    with attempting(cast.acme.pk, "sync", "k1"):
        if problem:
            raise problem


def fail(cast: Cast, times: int, problem: BaseException) -> None:
    for _ in range(times):
        with pytest.raises(type(problem)):
            attempt(cast, problem)


def test_success_forgets_the_tries_before(cast: Cast) -> None:
    fail(cast, 4, ValueError("no"))
    attempt(cast)
    assert not TaskAttempt.objects.exists()


def test_the_try_is_counted_before_the_work(cast: Cast) -> None:
    with attempting(cast.acme.pk, "sync", "k1"):
        assert TaskAttempt.objects.get(account=cast.acme, kind="sync", key="k1").attempts == 1


def test_the_fifth_failure_parks_the_work_with_the_kind_of_problem(cast: Cast) -> None:
    fail(cast, MOST_ATTEMPTS, ValueError("a secret may stand here"))
    with pytest.raises(Parked):
        attempt(cast)
    [work] = attempts.parked(cast.acme)
    assert (work.attempts, work.problem) == (5, "ValueError")
    assert attempts.parked(cast.globex) == []


def test_work_that_kills_its_worker_is_parked_after_five_tries(cast: Cast) -> None:
    fail(cast, MOST_ATTEMPTS, Killed())
    with pytest.raises(Parked):
        attempt(cast)
    assert [work.key for work in attempts.parked()] == ["k1"]


def test_parked_work_is_tried_again_when_an_operator_says_so(cast: Cast) -> None:
    fail(cast, MOST_ATTEMPTS, ValueError("no"))
    assert attempts.retry_parked() == 1
    attempt(cast)
    assert attempts.parked() == []


def test_the_same_key_of_another_account_counts_on_its_own(cast: Cast) -> None:
    fail(cast, MOST_ATTEMPTS, ValueError("no"))
    with attempting(cast.globex.pk, "sync", "k1"):
        assert TaskAttempt.objects.get(account=cast.globex).attempts == 1


def test_counts_of_work_that_nobody_tries_any_more_are_forgotten(cast: Cast) -> None:
    fail(cast, 1, ValueError("no"))
    assert attempts.forget_stale() == 0
    TaskAttempt.objects.update(last_at=timezone.now() - timedelta(days=8))
    assert attempts.forget_stale() == 1


def test_it_costs_two_statements(cast: Cast, django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(4):  # type: ignore[operator]  # two, and the savepoint in a test
        attempt(cast)
