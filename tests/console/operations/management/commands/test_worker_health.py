"""`worker_health`: whether work that waits is being done."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError
from django.utils import timezone

from accounts.models import TaskAttempt, TaskRun, User
from accounts.work import broker
from tests.support.cast import Cast
from tests.support.commands import run
from tests.support.factories import saml_connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """A broker that answers, and a worker for each queue."""
    workers = {"access": 1, "login": 1, "bulk": 1}
    monkeypatch.setattr(broker, "broker_state", lambda: "ok")
    monkeypatch.setattr(broker, "workers_of_queues", lambda: workers)
    return workers


def swept(minutes_ago: float = 0, failed: tuple[str, ...] = ()) -> None:
    at = timezone.now() - timedelta(minutes=minutes_ago)
    TaskRun.objects.create(name="sweep", began_at=at, ended_at=at, failed=list(failed))


def complaint() -> str:
    with pytest.raises(CommandError) as received:
        run("worker_health")
    return str(received.value)


def test_an_installation_without_a_broker_is_healthy_when_nothing_waits(cast: Cast) -> None:
    assert run("worker_health") == {
        "healthy": True, "broker": "in-process", "workers": {}, "last_sweep": None, "parked": [], "problems": [],
        "waiting": {"departures": 0, "group_syncs": 0}, "oldest_seconds": {"departures": None, "group_syncs": None},
    }  # fmt: skip


def test_broker_workers_and_clock_together_are_healthy(served: dict[str, int]) -> None:
    swept(minutes_ago=1)
    assert run("worker_health")["workers"] == {"access": 1, "login": 1, "bulk": 1}


def test_a_queue_that_nobody_serves_is_named(served: dict[str, int]) -> None:
    swept()
    served["access"] = 0
    assert complaint() == "No worker of queue access responds."


def test_a_broker_that_is_away_is_shown(settings: Any) -> None:
    swept()
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    assert complaint().startswith("The broker at REDIS_URL does not answer")


@pytest.mark.parametrize("minutes_ago", [None, 6])
def test_a_clock_that_stopped_is_shown(served: dict[str, int], minutes_ago: int | None) -> None:
    if minutes_ago:
        swept(minutes_ago)
    assert "Expected a sweep each minute; the last one" in complaint()


def test_a_part_of_the_sweep_that_failed_is_named(served: dict[str, int]) -> None:
    swept(failed=("audit_log",))
    assert "audit_log" in complaint()


def test_a_clean_up_that_waits_too_long_is_shown(cast: Cast) -> None:
    since = timezone.now() - timedelta(minutes=7)
    User.objects.filter(pk=cast.bob.pk).update(state="deprovisioned", clean_up_due_since=since)
    assert complaint() == "The oldest of 1 clean-ups after deprovisioning has waited for 7 minutes."


def test_a_group_sync_that_waits_too_long_is_shown(cast: Cast) -> None:
    since = timezone.now() - timedelta(minutes=7)
    owner = {"account": cast.acme, "connection": saml_connection(cast.acme), "user": cast.bob, "subject": "bob"}
    cast.bob.identities.create(**owner, login_sequence=1, last_login_at=since)
    assert complaint() == "The oldest of 1 group syncs has waited for 7 minutes."


def test_parked_work_is_shown_until_it_is_tried_again(cast: Cast) -> None:
    own = {"account": cast.acme, "kind": "sync_groups_after_login", "key": "k1", "problem": "KeyError"}
    TaskAttempt.objects.create(**own, attempts=5, parked_at=timezone.now())
    assert "1 pieces of work were given up" in complaint()
    run("sweep", "--retry-parked")
    assert run("worker_health")["healthy"]
