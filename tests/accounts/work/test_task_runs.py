"""When a periodic task last ran, and which of its parts failed."""

import pytest

from accounts.models import TaskRun
from accounts.work import task_runs

pytestmark = pytest.mark.django_db


def test_a_run_is_noted_with_its_failures() -> None:
    with task_runs.noting("sweep") as failed:
        failed.append("sessions")
    run = TaskRun.objects.get(name="sweep")
    assert run.failed == ["sessions"]
    assert run.began_at <= run.ended_at


def test_the_latest_run_is_the_one_that_is_kept() -> None:
    for part in ("sessions", "attempts"):
        with task_runs.noting("sweep") as failed:
            failed.append(part)
    assert TaskRun.objects.get(name="sweep").failed == ["attempts"]
