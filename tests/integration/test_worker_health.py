"""`worker_health` against a real broker and a real worker."""

import json
import subprocess
import sys
import time

import pytest

from tests.integration.redis_server import RedisServer
from tools.setup import ROOT

pytestmark = pytest.mark.django_db(transaction=True)


def health(environment: dict[str, str]) -> tuple[int, dict[str, object]]:
    """Exit code and what was printed."""
    command = [sys.executable, "manage.py", "worker_health", "--json"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=60)
    return done.returncode, json.loads(done.stdout)


def test_a_worker_without_options_serves_all_queues(worker: object, product_environment: dict[str, str]) -> None:
    code, printed = health(product_environment)
    assert (printed["broker"], printed["workers"]) == ("ok", {"access": 1, "login": 1, "bulk": 1})
    assert (code, printed["problems"]) == (1, [printed["problems"][0]])  # type: ignore[index]
    assert "Expected a sweep" in str(printed["problems"])


@pytest.mark.parametrize("fault", ["stop", "freeze"])
def test_a_broker_that_is_down_is_reported_soon(
    redis: RedisServer, product_environment: dict[str, str], fault: str
) -> None:
    getattr(redis, fault)()
    began = time.monotonic()
    code, printed = health(product_environment)
    assert (code, printed["healthy"]) == (1, False)
    assert str(printed["broker"]).startswith("does not answer")
    assert time.monotonic() - began < 20  # most of it is the start of the process


def test_without_workers_each_queue_is_named(redis: RedisServer, product_environment: dict[str, str]) -> None:
    code, printed = health(product_environment)
    assert (code, printed["workers"]) == (1, {"access": 0, "login": 0, "bulk": 0})
