"""How much of a process may ask other servers at the same time: they may hang, and others need its threads.

All together take at most half of the threads of a web process, one account and one host only a part of that half.
Nobody waits for a turn, because a waiting request holds a thread too: what is too much is refused at once.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from uuid import UUID

from django.conf import settings

RETRY_AFTER = 2  # seconds; what keeps others waiting is over within `guarded_http.TIME_LIMIT`
_SENTENCES = {
    "all": "Torque asks as many servers at the moment as it may at the same time. Try again in a few seconds.",
    "account": "This account has left too many requests to identity providers waiting. Try again in a few seconds.",
    "host": "Too many requests to this server are waiting for its answer. Try again in a few seconds.",
}


class NoTurn(Exception):
    """So much is under way that this was not begun; the message is a sentence that says what to do."""


class Turns:
    """What is under way, by kind and name; a lock and a dictionary, so that nothing is left of what is over."""

    def __init__(self) -> None:
        self._under_way: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def take(self, most: Mapping[tuple[str, str], int]) -> None:
        """One of each. Raises NoTurn, and takes none, when one of them is used up."""
        with self._lock:
            for key, limit in most.items():
                if self._under_way[key] >= limit:
                    raise NoTurn(_SENTENCES[key[0]])
            self._under_way.update(most.keys())

    def give_back(self, most: Mapping[tuple[str, str], int]) -> None:
        with self._lock:
            self._under_way.subtract(most.keys())
            for key in most:
                if not self._under_way[key]:
                    del self._under_way[key]

    def __len__(self) -> int:
        return sum(count for (kind, _), count in self._under_way.items() if kind == "all")


exchanges = Turns()
lookups = Turns()
_LOOKUPS = 4  # times as many in all: the system's resolver may go on when nobody waits for it, but holds no request


@contextmanager
def turn(account_id: UUID | None, host: str) -> Iterator[None]:
    """Around one exchange with a server. `account_id`: on whose behalf; None: on nobody's. Raises NoTurn at once."""
    most = most_at_once(account_id, host)
    exchanges.take(most)
    try:
        yield
    finally:
        exchanges.give_back(most)


def begin_lookup(account_id: UUID | None, host: str) -> Callable[[], None]:
    """Before a name is looked up; gives what to call when that is over. Raises NoTurn at once."""
    most = most_at_once(account_id, host)
    most["all", ""] *= _LOOKUPS
    lookups.take(most)
    return partial(lookups.give_back, most)


def most_at_once(account_id: UUID | None, host: str) -> dict[tuple[str, str], int]:
    """What one exchange counts against: all of the process, its account, its host.

    One account leaves half of it to others, one host a quarter; several accounts may have the same identity provider.
    """
    half = settings.WEB_THREADS // 2
    return {
        ("all", ""): half,
        ("account", str(account_id)): max(1, half // 2),
        ("host", host): max(1, half - max(1, half // 4)),
    }
