"""The probes."""

from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client

from torque_sso import health


@pytest.fixture(autouse=True)
def _nothing_seen_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_looks", health.Looks())


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


@pytest.mark.django_db
def test_a_flood_of_readyz_looks_at_the_database_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[str] = []
    monkeypatch.setattr(health, "_database", lambda: looks.append("once") or "ok")
    monkeypatch.setattr(health, "LOOKED_AT_EVERY", 3600.0)
    assert {Client().get("/readyz").status_code for _ in range(50)} == {200}
    assert looks == ["once"]


def test_nobody_waits_behind_a_look_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LOOKED_AT_EVERY", 0.0)
    monkeypatch.setattr(health, "_database", lambda: "ok")
    looks = health.Looks()
    seen = looks.latest()
    with looks._looking:
        assert looks.latest() == seen
