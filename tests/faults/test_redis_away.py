"""Redis refuses, hangs or restarts empty while users sign in and are deprovisioned: answered in time, then done."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import Connection, FormerAccess, GroupMembership, User
from tests.faults.colleagues import colleague
from tests.faults.scim_client import ScimClient
from tests.integration.http_journey import HttpJourney
from tests.integration.redis_server import RedisServer

pytestmark = pytest.mark.django_db(transaction=True)
LONGEST = 2.0  # seconds
USERS = 4  # so that both web processes meet the fault


def stopped(redis: RedisServer) -> None:
    redis.stop()


def frozen(redis: RedisServer) -> None:
    """Accepts connections and never answers."""
    redis.freeze()


def restarted(redis: RedisServer) -> None:
    """Every open connection is dead, and its data is gone."""
    redis.stop()
    redis.start()


def timed(act: Callable[[], Any]) -> tuple[int, bool]:
    """The status of the answer, and whether it arrived in time."""
    began = time.monotonic()
    status = act().status_code
    return status, time.monotonic() - began < LONGEST


@pytest.mark.parametrize("fault", [stopped, frozen, restarted])
def test_users_sign_in_and_are_deprovisioned_and_one_sweep_does_the_rest(
    okta: Connection, redis: RedisServer, web: str, scim: ScimClient, fault: Callable[[RedisServer], None]
) -> None:
    deprovisioned = [colleague(okta, f"former{number}") for number in range(USERS)]
    for number in range(USERS):  # both web processes have imported what it takes
        HttpJourney(web, okta).log_in(f"early{number}@acme.example")
        scim.create(f"announced{number}@acme.example")
    fault(redis)
    for user in deprovisioned:
        assert timed(partial(scim.set, user.pk, active=False)) == (200, True)
    for number in range(USERS):
        login = partial(HttpJourney(web, okta).log_in, f"dana{number}@acme.example", attributes={"groups": ["Ops"]})
        assert timed(login) == (303, True)
    if fault is not restarted:
        redis.start() if fault is stopped else redis.thaw()
    call_command("sweep")
    assert not GroupMembership.objects.filter(user__in=deprovisioned).exists()
    assert FormerAccess.objects.filter(user__in=deprovisioned).count() == USERS
    synced = GroupMembership.objects.filter(user__email__startswith="dana", group__name="Ops")
    assert synced.count() == USERS
    assert not User.objects.exclude(clean_up_due_since=None).exists()
