"""An address that hangs must not hold all threads of a process: other people's logins need them.

Two requests at once may wait for one address. A third waits a second for its turn, which is plenty while the address
answers as it should, and then is told that it does not.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE = 2
PATIENCE = 1.0  # seconds


class NoTurn(Exception):
    """All turns are taken by requests that wait for an answer."""


class _Address:
    def __init__(self) -> None:
        self.turns = threading.BoundedSemaphore(AT_ONCE)
        self.interested = 0


_lock = threading.Lock()
_addresses: dict[str, _Address] = {}  # those that somebody asks at this moment


@contextmanager
def turn(name: str) -> Iterator[None]:
    """Around one request to the address of that name. Raises NoTurn after a second."""
    with _lock:
        address = _addresses.setdefault(name, _Address())
        address.interested += 1
    try:
        if not address.turns.acquire(timeout=PATIENCE):
            raise NoTurn
        try:
            yield
        finally:
            address.turns.release()
    finally:
        with _lock:
            address.interested -= 1
            if not address.interested:
                del _addresses[name]
