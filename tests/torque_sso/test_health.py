"""The probes."""

from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client

from torque_sso import health


@pytest.fixture(autouse=True)
def _nothing_seen_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_cached", health.CachedState())


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
    monkeypatch.setattr(health, "_is_writable", lambda: False)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, "takes no changes: is its disk full?")


@pytest.mark.django_db
def test_readyz_reports_a_broker_that_is_down_and_stays_green(settings: Any) -> None:
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["broker"].startswith("does not answer")


def test_probes_take_no_posts() -> None:
    assert Client().post("/healthz").status_code == 405


@pytest.mark.django_db
def test_many_probes_check_the_database_once(monkeypatch: pytest.MonkeyPatch) -> None:
    checks: list[str] = []
    monkeypatch.setattr(health, "_database", lambda: checks.append("once") or "ok")
    monkeypatch.setattr(health, "CHECKED_EVERY", 3600.0)
    assert {Client().get("/readyz").status_code for _ in range(50)} == {200}
    assert checks == ["once"]


def test_no_probe_waits_for_a_check_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "CHECKED_EVERY", 0.0)
    monkeypatch.setattr(health, "_database", lambda: "ok")
    cached = health.CachedState()
    state = cached.latest()
    with cached._checking:
        assert cached.latest() == state
