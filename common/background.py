"""What a request leaves for a moment later: a thread of its process does it, many at once.

The first is done at once; what comes while that is done, or within a second after it, waits for the next round. What
waits is lost when the process is killed: only what can be missed belongs here, or what a durable row tells as well.
"""

import atexit
import os
import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

import structlog

log = structlog.get_logger(__name__)

T = TypeVar("T")

EVERY = 1.0  # seconds from one round to the next
AT_ONCE = 100  # so many are handed on together, and more are not left waiting for a round
# More are waiting only when what they wait for is away; then the oldest are given up.
MOST_WAITING = 10_000


class Pile(Generic[T]):
    """`work` is given up to `AT_ONCE` things, in the thread of this pile. What it raises is logged."""

    def __init__(self, name: str, work: Callable[[list[T]], None]) -> None:
        self.waiting: deque[T] = deque(maxlen=MOST_WAITING)
        self.work, self._name = work, name
        self._runs_in = 0  # the process: a thread does not survive a fork
        self._starting, self._working = threading.Lock(), threading.Lock()
        self._some, self._many = threading.Event(), threading.Event()
        atexit.register(self._at_exit)

    def put(self, thing: T) -> None:
        """Returns at once."""
        self.waiting.append(thing)
        if self._runs_in != os.getpid():
            self._start()
        if not self._some.is_set():
            self._some.set()
        if len(self.waiting) >= AT_ONCE:
            self._many.set()

    def taken(self) -> list[T]:
        """What is handed on together next; none when nothing waits."""
        things: list[T] = []
        while self.waiting and len(things) < AT_ONCE:
            things.append(self.waiting.popleft())
        return things

    def _start(self) -> None:
        with self._starting:
            if self._runs_in == os.getpid():
                return
            self._working, self._some, self._many = threading.Lock(), threading.Event(), threading.Event()
            threading.Thread(target=self._run, name=self._name, daemon=True).start()
            self._runs_in = os.getpid()

    def _run(self) -> None:
        while True:
            self._some.wait()
            self._some.clear()
            self._work_off()
            self._many.wait(EVERY)
            self._many.clear()

    def _work_off(self) -> None:
        with self._working:
            while things := self.taken():
                try:
                    self.work(things)
                except Exception:
                    log.exception("What requests left for later could not be done", pile=self._name, number=len(things))

    def _at_exit(self) -> None:
        if self._runs_in == os.getpid():
            self._work_off()
