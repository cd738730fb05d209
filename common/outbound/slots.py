"""Slots: how many requests to other servers a process may have in progress. They may hang, and each holds a thread.

All together take at most half of the threads of a web process, one account and one host only a part of that half.
A request that finds no free slot is refused at once: one that waited would hold a thread too.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from uuid import UUID

from django.conf import settings

RETRY_AFTER = 2  # seconds; what occupies the slots is over within `guarded_http.TIME_LIMIT`
_SENTENCES = {
    "all": "Too many requests to other servers are in progress. Try again in a few seconds.",
    "account": "This account has too many requests to identity providers in progress. Try again in a few seconds.",
    "host": "Too many requests to this server are in progress. Try again in a few seconds.",
}


class NoFreeSlot(Exception):
    """The request was not begun. The message is a sentence that says what to do."""


class Slots:
    """Requests in progress, counted by kind and name."""

    def __init__(self) -> None:
        self._in_use: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def acquire(self, limits: Mapping[tuple[str, str], int]) -> None:
        """Take one slot of each. Raises NoFreeSlot, and takes none, when one of the limits is reached."""
        with self._lock:
            for key, limit in limits.items():
                if self._in_use[key] >= limit:
                    raise NoFreeSlot(_SENTENCES[key[0]])
            self._in_use.update(limits.keys())

    def release(self, limits: Mapping[tuple[str, str], int]) -> None:
        with self._lock:
            self._in_use.subtract(limits.keys())
            self._in_use += Counter()  # keeps no names whose count is 0

    def __len__(self) -> int:
        return self._in_use["all", ""]


requests = Slots()
lookups = Slots()
_LOOKUPS = 4  # times as many: the system's resolver goes on after its request has given up, but holds no web thread


@contextmanager
def slot(account_id: UUID | None, host: str) -> Iterator[None]:
    """Hold a slot during one request. `account_id`: on whose behalf, None: the installation's. Raises NoFreeSlot."""
    limits = limits_of(account_id, host)
    requests.acquire(limits)
    try:
        yield
    finally:
        requests.release(limits)


def acquire_lookup(account_id: UUID | None, host: str) -> Callable[[], None]:
    """Take a slot for the look-up of a name; returns the function that releases it. Raises NoFreeSlot."""
    limits = limits_of(account_id, host)
    limits["all", ""] *= _LOOKUPS
    lookups.acquire(limits)
    return partial(lookups.release, limits)


def limits_of(account_id: UUID | None, host: str) -> dict[tuple[str, str], int]:
    """What one request counts against: all of the process, its account, its host.

    One account leaves half of it to others, one host a quarter; several accounts may have the same identity provider.
    """
    half = settings.WEB_THREADS // 2
    return {
        ("all", ""): half,
        ("account", str(account_id)): max(1, half // 2),
        ("host", host): max(1, half - max(1, half // 4)),
    }
