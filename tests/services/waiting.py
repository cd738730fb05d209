"""A call that has to wait for rows which the transaction of the test holds."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

T = TypeVar("T")
PATIENCE = 10  # seconds
_BLOCKED = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"


def start_waiting(call: Callable[[], T]) -> Future[T]:
    """Starts it beside the test, and returns when it waits; it goes on when the test's transaction ends."""

    def run() -> T:
        try:
            return call()
        finally:
            connection.close()

    pool = ThreadPoolExecutor(1)
    waiting = pool.submit(run)
    pool.shutdown(wait=False)
    until = time.monotonic() + PATIENCE
    while not _somebody_waits():
        assert not waiting.done(), f"Expected a call that waits; it was done: {waiting.result()}"
        assert time.monotonic() < until, "Expected a call that waits for this transaction"
        time.sleep(0.01)
    return waiting


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_BLOCKED)
        return bool(cursor.fetchone()[0])
