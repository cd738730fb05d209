"""One token's rate: full speed, then 429 with the time to wait, and never a wait for Redis."""

import uuid
from typing import Any

import pytest

from scim import throttle
from tests.cast import Cast
from tests.scim.client import ScimClient
from tests.scim.conftest import service_token

TOKEN, OTHER = uuid.uuid4(), uuid.uuid4()


def take(buckets: throttle.Buckets, now: float, token: uuid.UUID = TOKEN) -> float:
    return buckets.take(token, rate=2, burst=3, now=now)


def test_a_burst_passes_and_then_the_bucket_is_empty() -> None:
    buckets = throttle.Buckets()
    assert [take(buckets, 0) for _ in range(4)] == [0, 0, 0, 0.5]


def test_the_bucket_fills_with_time_but_not_over_its_rim() -> None:
    buckets = throttle.Buckets()
    for _ in range(4):
        take(buckets, 0)
    assert take(buckets, 0.5) == 0
    assert [take(buckets, 1_000) for _ in range(4)] == [0, 0, 0, 0.5]


def test_a_refused_request_takes_nothing() -> None:
    buckets = throttle.Buckets()
    assert [take(buckets, 0) for _ in range(10)][-1] == 0.5


def test_each_token_has_its_own_bucket() -> None:
    buckets = throttle.Buckets()
    for _ in range(4):
        take(buckets, 0)
    assert take(buckets, 0, OTHER) == 0


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    buckets = throttle.Buckets()
    for _ in range(3):
        take(buckets, 10)
    assert take(buckets, 0) == 0.5


def test_the_longest_unused_bucket_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "_KEPT_BUCKETS", 1)
    buckets = throttle.Buckets()
    take(buckets, 0)
    take(buckets, 0, OTHER)
    assert set(buckets._levels) == {OTHER}


@pytest.mark.django_db
def test_too_fast_is_429_with_the_time_to_wait(okta: ScimClient, cast: Cast, settings: Any) -> None:
    settings.SCIM_BURST, settings.SCIM_REQUESTS_PER_SECOND = 2, 0.1
    assert [okta.get("/Schemas").status for _ in range(3)] == [200, 200, 429]
    answer = okta.get("/Schemas")
    assert (answer.body["status"], answer.headers["Retry-After"]) == ("429", "10")
    assert ScimClient(service_token(cast.acme)).get("/Schemas").status == 200


def test_by_default_entra_is_never_slowed(settings: Any) -> None:
    assert settings.SCIM_REQUESTS_PER_SECOND >= 10 * 25


@pytest.fixture
def dead_redis(settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """An address where nothing listens; counts who tries."""
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    tries: list[int] = []
    real = throttle._script
    monkeypatch.setattr(throttle, "_script", lambda address: tries.append(1) or real(address))
    monkeypatch.setattr(throttle, "_shared", throttle.SharedBuckets())
    monkeypatch.setattr(throttle, "_own", throttle.Buckets())
    return tries


def test_without_redis_the_process_counts_by_itself(dead_redis: list[int], settings: Any) -> None:
    settings.SCIM_BURST, settings.SCIM_REQUESTS_PER_SECOND = 1, 1
    throttle.check(TOKEN)
    with pytest.raises(throttle.TooManyRequests):
        throttle.check(TOKEN)


def test_a_dead_redis_is_not_asked_again_at_once(dead_redis: list[int]) -> None:
    for _ in range(5):
        throttle.check(TOKEN)
    assert dead_redis == [1]
