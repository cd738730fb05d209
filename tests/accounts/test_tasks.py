"""Wake-up calls: they reach a worker, or cost one request half a second and the others nothing."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from kombu.exceptions import OperationalError

from accounts import tasks
from accounts.services import waking
from torque_sso.celery import app


class Away:
    """A broker that does not answer, and how often it was called."""

    calls = 0

    def delay(self, *_: Any, **__: Any) -> None:
        self.calls += 1
        raise OperationalError

    name = "away"


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Iterator[Away]:
    monkeypatch.setattr(tasks, "_broker_is_away_until", 0.0)
    broker = Away()
    monkeypatch.setattr(tasks, "finish_deprovisioning", broker)
    monkeypatch.setattr(tasks, "sync_groups_after_login", broker)
    return broker


def test_a_broker_that_is_away_is_not_called_by_one_request_after_the_other(away: Away) -> None:
    for _ in range(5):
        tasks.wake_group_sync(uuid.uuid4())
        waking.on_departure(uuid.uuid4())
    assert away.calls == 1


def test_a_broker_that_was_away_is_called_again_after_a_pause(away: Away, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks.wake_group_sync(uuid.uuid4())
    monkeypatch.setattr(tasks, "_broker_is_away_until", tasks._broker_is_away_until - tasks.BROKER_PAUSE)
    tasks.wake_group_sync(uuid.uuid4())
    assert away.calls == 2


@pytest.mark.parametrize(
    ("task", "queue"),
    [("finish_deprovisioning", "access"), ("sync_groups_after_login", "login"), ("sweep", "bulk")],
)
def test_each_task_goes_to_its_queue(task: str, queue: str) -> None:
    route = app.amqp.router.route({}, f"accounts.tasks.{task}")
    assert route["queue"].name == queue


def test_tasks_are_lost_in_no_way_that_settings_can_prevent(settings: Any) -> None:
    """`security-and-faults.md` 2.1: each of these alone loses tasks or lets a request hang."""
    conf = app.conf
    assert (conf.task_acks_late, conf.task_reject_on_worker_lost, conf.worker_prefetch_multiplier) == (True, True, 1)
    assert (conf.result_backend, conf.task_ignore_result, conf.task_publish_retry) == (None, True, False)
    options = conf.broker_transport_options
    assert max(options["socket_timeout"], options["socket_connect_timeout"]) <= 1
    longest = max(task.time_limit or conf.task_time_limit for task in app.tasks.values())
    assert options["visibility_timeout"] > longest
    assert set(conf.task_queues) == {"access", "login", "bulk"}
