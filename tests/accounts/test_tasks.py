"""Wake-up calls: they reach a worker, and no request waits for the broker."""

import uuid
from typing import Any

import pytest
from kombu.exceptions import OperationalError

from accounts import tasks, wake_up
from common.background import BackgroundQueue
from tests.support.processes import wait_until
from torque_sso.celery import app


class Broker:
    """What it was sent, as the arguments of one message each; or it does not answer."""

    def __init__(self) -> None:
        self.away, self.sent = False, []

    def delay(self, *arguments: str) -> None:
        if self.away:
            raise OperationalError
        self.sent.append(arguments)


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Broker:
    """Asked by the threads of new queues, as in a web process with a worker."""
    broker = Broker()
    monkeypatch.setattr(tasks, "finish_deprovisioning", broker)
    monkeypatch.setattr(tasks, "sync_groups_after_login", broker)
    monkeypatch.setattr(tasks, "_deprovisioned", BackgroundQueue("test", tasks._publish_deprovisioned))
    monkeypatch.setattr(tasks, "_logins", BackgroundQueue("test", tasks._publish_logins))
    settings.WORK_IN_BACKGROUND, settings.CELERY_TASK_ALWAYS_EAGER = True, False
    return broker


def test_the_first_deprovisioning_is_published_at_once_and_the_next_together(broker: Broker) -> None:
    first, second, third = (str(uuid.uuid4()) for _ in range(3))
    wake_up.on_deprovisioned(uuid.UUID(first))
    wait_until(lambda: broker.sent == [(first,)], "the first message")
    for user_id in (second, third):
        wake_up.on_deprovisioned(uuid.UUID(user_id))
    wait_until(lambda: broker.sent == [(first,), (second, third)], "one for both")


def test_each_login_has_a_message_of_its_own(broker: Broker) -> None:
    for _ in range(2):
        tasks.wake_group_sync(uuid.uuid4())
    wait_until(lambda: [len(message) for message in broker.sent] == [1, 1], "two messages")


def test_nobody_notices_a_broker_that_is_away_and_the_next_are_shown(broker: Broker) -> None:
    broker.away = True
    tasks._publish_deprovisioned([uuid.uuid4()])
    broker.away = False
    wake_up.on_deprovisioned(uuid.uuid4())
    wait_until(lambda: len(broker.sent) == 1, "the message")


@pytest.mark.parametrize(
    ("task", "queue"),
    [("finish_deprovisioning", "access"), ("sync_groups_after_login", "login"), ("sweep", "bulk")],
)
def test_each_task_goes_to_its_queue(task: str, queue: str) -> None:
    route = app.amqp.router.route({}, f"accounts.tasks.{task}")
    assert route["queue"].name == queue


def test_tasks_are_lost_in_no_way_that_settings_can_prevent(settings: Any) -> None:
    """`requirements.md` section 4: each of these alone loses tasks or lets a request hang."""
    conf = app.conf
    assert (conf.task_acks_late, conf.task_reject_on_worker_lost, conf.worker_prefetch_multiplier) == (True, True, 1)
    assert (conf.result_backend, conf.task_ignore_result, conf.task_publish_retry) == (None, True, False)
    options = conf.broker_transport_options
    assert max(options["socket_timeout"], options["socket_connect_timeout"]) <= 1
    longest = max(task.time_limit or conf.task_time_limit for task in app.tasks.values())
    assert options["visibility_timeout"] > longest
    assert set(conf.task_queues) == {"access", "login", "bulk"}
