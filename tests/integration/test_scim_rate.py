"""The rate of one token over all web processes: counted in Redis, and by each process while Redis is away."""

import time
import uuid
from typing import Any

import pytest
import redis

from common import rates
from scim.views import base
from tests.integration.redis_server import RedisServer


@pytest.fixture
def shared(redis: RedisServer, settings: Any, monkeypatch: pytest.MonkeyPatch) -> RedisServer:
    settings.CELERY_BROKER_URL = redis.url
    settings.SCIM_BURST, settings.SCIM_REQUESTS_PER_SECOND = 5, 1
    another_process(monkeypatch)
    return redis


def another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forgets what this process has counted."""
    monkeypatch.setattr(rates, "_own", rates.Buckets())
    monkeypatch.setattr(rates, "_shared", rates.SharedBuckets())


def passed(token: uuid.UUID, asked: int) -> int:
    count = 0
    for _ in range(asked):
        try:
            base.check_rate(token)
        except base.TooManyRequests:
            continue
        count += 1
    return count


def test_all_processes_take_from_one_bucket(shared: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    token = uuid.uuid4()
    assert passed(token, 3) == 3
    another_process(monkeypatch)
    assert passed(token, 5) == 2


def test_the_bucket_fills_again(shared: RedisServer) -> None:
    token = uuid.uuid4()
    passed(token, 6)
    time.sleep(1.1)
    assert passed(token, 3) == 1


def test_the_answer_says_how_long_to_wait(shared: RedisServer) -> None:
    token = uuid.uuid4()
    passed(token, 5)
    with pytest.raises(base.TooManyRequests) as refused:
        base.check_rate(token)
    assert refused.value.retry_after == 1


@pytest.fixture
def fast(shared: RedisServer, settings: Any) -> redis.Redis:
    settings.SCIM_BURST, settings.SCIM_REQUESTS_PER_SECOND = 2_000, 250
    return redis.Redis.from_url(shared.url, decode_responses=True)


def test_a_fast_client_is_counted_by_handfuls(fast: redis.Redis) -> None:
    passed(uuid.uuid4(), 1)  # makes the script known
    before = fast.info("commandstats")["cmdstat_evalsha"]["calls"]
    assert passed(uuid.uuid4(), 100) == 100
    assert fast.info("commandstats")["cmdstat_evalsha"]["calls"] - before == 100 / 25


def test_what_a_process_took_out_is_missing_from_the_bucket_of_all(fast: redis.Redis) -> None:
    token = uuid.uuid4()
    passed(token, 1)
    assert float(fast.hget(f"rate:scim:{token}", "level")) == 2_000 - 25


@pytest.mark.parametrize("fault", ["stop", "freeze"])
def test_a_redis_that_is_away_delays_next_to_nothing(shared: RedisServer, fault: str) -> None:
    getattr(shared, fault)()
    began = time.monotonic()
    assert passed(uuid.uuid4(), 5) == 5
    assert time.monotonic() - began < 5


def test_redis_is_used_again_when_it_is_back(shared: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "_REDIS_PAUSE", 0)
    token = uuid.uuid4()
    shared.stop()
    assert passed(token, 2) == 2
    shared.start()
    assert passed(token, 7) == 5
