"""Buckets of requests: full speed, then the time to wait, and never a wait for Redis."""

from typing import Any

import pytest

from common import rates


def take(buckets: rates.Buckets, now: float, who: str = "a") -> float:
    return buckets.take(who, rate=2, burst=3, now=now)


def test_a_burst_passes_and_then_the_bucket_is_empty() -> None:
    buckets = rates.Buckets()
    assert [take(buckets, 0) for _ in range(4)] == [0, 0, 0, 0.5]


def test_the_bucket_fills_with_time_but_not_over_its_rim() -> None:
    buckets = rates.Buckets()
    for _ in range(4):
        take(buckets, 0)
    assert take(buckets, 0.5) == 0
    assert [take(buckets, 1_000) for _ in range(4)] == [0, 0, 0, 0.5]


def test_a_refused_request_takes_nothing() -> None:
    buckets = rates.Buckets()
    assert [take(buckets, 0) for _ in range(10)][-1] == 0.5


def test_everybody_has_a_bucket_of_their_own() -> None:
    buckets = rates.Buckets()
    for _ in range(4):
        take(buckets, 0)
    assert take(buckets, 0, "b") == 0


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    buckets = rates.Buckets()
    for _ in range(3):
        take(buckets, 10)
    assert take(buckets, 0) == 0.5


def test_the_longest_unused_bucket_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "_KEPT_BUCKETS", 1)
    buckets = rates.Buckets()
    take(buckets, 0)
    take(buckets, 0, "b")
    assert set(buckets._levels) == {"b"}


@pytest.fixture
def dead_redis(settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """An address where nothing listens; counts who tries."""
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    tries: list[int] = []
    real = rates._script
    monkeypatch.setattr(rates, "_script", lambda address: tries.append(1) or real(address))
    monkeypatch.setattr(rates, "_shared", rates.SharedBuckets())
    monkeypatch.setattr(rates, "_own", rates.Buckets())
    return tries


def test_without_redis_the_process_counts_by_itself(dead_redis: list[int]) -> None:
    assert [rates.wait("a", rate=1, burst=1) > 0 for _ in range(2)] == [False, True]


def test_a_dead_redis_is_not_asked_again_at_once(dead_redis: list[int]) -> None:
    for _ in range(5):
        rates.wait("a", rate=1, burst=9)
    assert dead_redis == [1]
