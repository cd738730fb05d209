"""Redis stopped, or frozen, during a login: the login completes, and the groups follow once Redis is back."""

import time
from pathlib import Path

import pytest

from accounts.models import Connection, GroupMembership
from tests.integration.http_journey import HttpJourney
from tests.integration.redis_server import RedisServer
from tests.integration.sending import send
from tests.support import processes
from tests.support.cast import Cast
from tests.support.factories import mapped_group
from tests.support.journeys import signed_connection

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def okta(cast: Cast) -> Connection:
    mapped_group(cast.acme, "Ops", "Ops")
    return signed_connection(cast.acme)


def synced() -> bool:
    return GroupMembership.objects.filter(user__email="dana@acme.example", group__name="Ops").exists()


@pytest.mark.parametrize("fault", ["stop", "freeze"])
def test_a_login_completes_within_two_seconds_without_redis(
    okta: Connection, redis: RedisServer, web: str, fault: str
) -> None:
    for warming in range(4):  # both web processes have imported what a login needs
        HttpJourney(web, okta).log_in(f"other{warming}@acme.example")
    journey = HttpJourney(web, okta)
    relay_state = journey.start()
    message = journey.message("dana@acme.example", attributes={"groups": ["Ops"]})
    getattr(redis, fault)()
    began = time.monotonic()
    answer = journey.browser.get(journey.post(message, relay_state), allow_redirects=False, timeout=10)
    took = time.monotonic() - began
    assert (answer.status_code, answer.headers.get("Location")) == (303, "/")
    assert took < 2
    assert journey.browser.get(f"{web}/api/me", timeout=10).json()["email"] == "dana@acme.example"
    assert not synced()


def test_the_groups_are_there_one_sweep_after_redis_is_back(
    okta: Connection, redis: RedisServer, web: str, product_environment: dict[str, str], tmp_path: Path
) -> None:
    journey = HttpJourney(web, okta)
    relay_state = journey.start()
    redis.stop()
    address = journey.post(journey.message("dana@acme.example", attributes={"groups": ["Ops"]}), relay_state)
    assert journey.browser.get(address, allow_redirects=False, timeout=10).status_code == 303
    redis.start()
    with processes.worker_process(tmp_path, product_environment):
        send("accounts.tasks.sweep", redis.url)
        processes.wait_until(synced, "the group sync")


def test_a_worker_does_the_sync_by_itself_when_all_is_well(
    okta: Connection, redis: RedisServer, web: str, worker: object
) -> None:
    journey = HttpJourney(web, okta)
    assert journey.log_in("dana@acme.example", attributes={"groups": ["Ops"]}).status_code == 303
    processes.wait_until(synced, "the group sync")
