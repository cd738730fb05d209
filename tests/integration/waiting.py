"""Calls beside the test, with a connection of their own."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

T = TypeVar("T")
PATIENCE = 10  # seconds
_BLOCKED = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"


def elsewhere(call: Callable[[], T]) -> T:
    """What it gives, done in a transaction of somebody else, which is over when this returns."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(_apart, call).result()


def start_waiting(call: Callable[[], T]) -> Future[T]:
    """Starts a call that needs a row which the test's transaction holds, and returns when it waits for that."""
    pool = ThreadPoolExecutor(1)
    waiting = pool.submit(_apart, call)
    pool.shutdown(wait=False)
    until = time.monotonic() + PATIENCE
    while not _somebody_waits():
        assert not waiting.done(), f"Expected a call that waits; it was done: {waiting.result()}"
        assert time.monotonic() < until, "Expected a call that waits for this transaction"
        time.sleep(0.01)
    return waiting


def _apart(call: Callable[[], T]) -> T:
    try:
        return call()
    finally:
        connection.close()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_BLOCKED)
        return bool(cursor.fetchone()[0])
