"""PostgreSQL ends connections that a process keeps in its pool: the next request does not notice."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection, connections

from common.db.postgresql import base
from tests.support import processes

pytestmark = pytest.mark.django_db(transaction=True)
NOBODY_ASKED = "connection was asked"


@pytest.fixture
def kept() -> Iterator[int]:
    """The only connection of a new pool, which nobody uses at the moment: the process that serves it."""
    connection.close()
    connection.close_pool()
    connection.pool.open(wait=True)
    yield used()
    connection.close_pool()


def used() -> int:
    """Takes a connection out of the pool and gives it back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        served = int(cursor.fetchone()[0])
    connections.close_all()
    return served


def test_a_connection_that_was_ended_is_replaced(kept: int) -> None:
    with psycopg.connect(processes.database_url(), autocommit=True) as operator:
        operator.execute("SELECT pg_terminate_backend(%s, 5000)", [kept])
    assert used() != kept


def test_a_connection_with_a_notice_waiting_is_kept(kept: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("LISTEN news")
    connections.close_all()
    with psycopg.connect(processes.database_url(), autocommit=True) as other:
        other.execute("NOTIFY news")
    assert used() == kept


def test_a_living_connection_is_not_asked_before_it_is_used(kept: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(*_given: object) -> None:
        raise AssertionError(NOBODY_ASKED)

    monkeypatch.setattr(base.ConnectionPool, "check_connection", ask)
    assert used() == kept
