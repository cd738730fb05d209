"""The probes."""

from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client

from torque_sso import health


def test_healthz_answers_without_a_database() -> None:
    assert Client().get("/healthz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_readyz_is_green_with_a_migrated_database() -> None:
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (200, "ok")


def test_readyz_is_red_without_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_connection: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(health, "MigrationExecutor", refuse)
    assert Client().get("/readyz").status_code == 503


@pytest.mark.django_db
def test_readyz_is_red_while_the_database_takes_no_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_takes_changes", lambda: False)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, "takes no changes: is its disk full?")


@pytest.mark.django_db
def test_a_broker_that_is_away_is_told_and_leaves_readyz_green(settings: Any) -> None:
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["broker"].startswith("does not answer")


def test_probes_take_no_posts() -> None:
    assert Client().post("/healthz").status_code == 405
