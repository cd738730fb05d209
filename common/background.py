"""Background queue: what a request leaves to a thread of its process, handed on in batches.

The first item is handed on at once, those that follow once a second. They are lost when the process is killed: only
what may be lost belongs here, or what a database row says as well.
"""

import os
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Generic, TypeVar

import structlog

log = structlog.get_logger(__name__)

T = TypeVar("T")

INTERVAL = 1.0  # seconds from one round to the next
BATCH = 100
LIMIT = 10_000  # more are waiting only while a server they need is down; then the oldest are dropped


class BackgroundQueue(Generic[T]):
    """Calls `work` with up to BATCH items in a thread of its own. Exceptions of `work` are logged."""

    def __init__(self, name: str, work: Callable[[list[T]], None]) -> None:
        self.name, self.work = name, work
        self._start_anew()
        os.register_at_fork(after_in_child=self._start_anew)

    def _start_anew(self) -> None:
        """Begin with no items and no thread, as a forked process does: those of its parent stay with the parent."""
        self.waiting: deque[T] = deque(maxlen=LIMIT)
        # The interpreter lets an executor finish what was submitted before it exits.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=self.name)
        self._round_is_due = False
        self._last_round = float("-inf")

    def put(self, item: T) -> None:
        """Add an item and return at once."""
        self.waiting.append(item)
        if self._round_is_due:
            return
        self._round_is_due = True
        try:
            self._thread.submit(self._round)
        except RuntimeError:  # the interpreter is exiting
            self._work_off()
            self._round_is_due = False

    def take(self) -> list[T]:
        """Take the next batch out; empty when nothing is waiting."""
        batch: list[T] = []
        with suppress(IndexError):
            while len(batch) < BATCH:
                batch.append(self.waiting.popleft())
        return batch

    def _round(self) -> None:
        time.sleep(max(0.0, self._last_round + INTERVAL - time.monotonic()))
        self._round_is_due = False
        self._work_off()
        self._last_round = time.monotonic()

    def _work_off(self) -> None:
        while batch := self.take():
            try:
                self.work(batch)
            except Exception:
                log.exception("Background work failed", queue=self.name, items=len(batch))
