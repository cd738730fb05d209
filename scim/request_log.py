"""The request log: what an identity provider asked and what came of it, in words an account's admin reads.

Lines wait in the process and are written in bulk by a thread of their own, so that the log never delays or fails a
request. A line is lost when the process is killed within that second; the audit log, written with the change, is not.
"""

import atexit
import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from accounts.models import Account, statements
from scim.masking import masked
from scim.models import ProvisioningRequest

log = structlog.get_logger(__name__)

KEPT_FOR = timedelta(days=30)
_WRITTEN_EVERY = 1.0  # seconds
_WRITTEN_AT_ONCE = 100
# More than this is waiting only when the database cannot be reached; then the oldest lines are given up.
_MOST_WAITING = 10_000


@dataclass(frozen=True)
class Line:
    account_id: UUID
    token_name: str
    client: str
    method: str
    path: str
    sentence: str
    status: int
    duration: float  # seconds
    body: Any
    at: datetime

    def row(self) -> ProvisioningRequest:
        return ProvisioningRequest(
            account_id=self.account_id,
            at=self.at,
            token_name=self.token_name[:100],
            client=self.client,
            method=self.method[:8],
            path=_storable(self.path)[:500],
            sentence=_storable(self.sentence)[:500],
            status=self.status,
            duration_ms=round(self.duration * 1000),
            body=masked(self.body),
        )


def client_named(user_agent: str) -> str:
    """Which identity provider it is, as far as its User-Agent tells."""
    text = user_agent.lower()
    if "okta" in text:
        return "Okta"
    return "Entra" if any(word in text for word in ("entra", "azure", "microsoft")) else "other"


def note(line: Line) -> None:
    """Puts a line on the pile; it is written within a second."""
    if _unnoted.get():
        return
    _waiting.append(line)
    if settings.SCIM_LOG_IN_BACKGROUND:
        _writer.wake(hurry=len(_waiting) >= _WRITTEN_AT_ONCE)


@contextmanager
def unnoted() -> Iterator[None]:
    """Requests that this thread plays inside leave no line: they are not the identity provider's."""
    token = _unnoted.set(True)
    try:
        yield
    finally:
        _unnoted.reset(token)


_unnoted: ContextVar[bool] = ContextVar("unnoted", default=False)


def flush() -> int:
    """Writes what waits, and tells how many lines. After a failure those are lost, and the loss is logged."""
    written = 0
    while lines := _taken():
        try:
            written += _write(lines)
        except DatabaseError as problem:
            log.warning("Lines of the provisioning log are lost", lines=len(lines), reason=type(problem).__name__)
            break
    return written


def clean() -> int:
    """Deletes lines that are older than `KEPT_FOR`; how many."""
    return ProvisioningRequest.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()[0]


def _taken() -> list[Line]:
    lines: list[Line] = []
    while _waiting and len(lines) < _WRITTEN_AT_ONCE:
        lines.append(_waiting.popleft())
    return lines


def _write(lines: list[Line]) -> int:
    """An account that was removed meanwhile must not cost the lines of the others."""
    rows = [line.row() for line in lines]
    there = set(Account.objects.filter(pk__in={row.account_id for row in rows}).values_list("pk", flat=True))
    known = [row for row in rows if row.account_id in there]
    if known:
        statements.insert_all(known)
    return len(known)


def _storable(text: str) -> str:
    """Without what a database or UTF-8 cannot hold."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


class _Writer:
    """The thread, started by the first line of each process: a thread does not survive a fork."""

    def __init__(self) -> None:
        self._pid = 0
        self._lock = threading.Lock()
        self._hurry = threading.Event()

    @property
    def runs_here(self) -> bool:
        return self._pid == os.getpid()

    def wake(self, hurry: bool) -> None:
        if not self.runs_here:
            self._start()
        if hurry:
            self._hurry.set()

    def _start(self) -> None:
        with self._lock:
            if self.runs_here:
                return
            self._hurry = threading.Event()
            threading.Thread(target=self._run, args=(self._hurry,), name="provisioning-log", daemon=True).start()
            self._pid = os.getpid()

    @staticmethod
    def _run(hurry: threading.Event) -> None:
        while True:
            hurry.wait(_WRITTEN_EVERY)
            hurry.clear()
            if _waiting:
                _flush_and_let_go()


def _flush_and_let_go() -> None:
    """Whatever goes wrong here, the thread goes on, and no connection stays open between two rounds."""
    close_old_connections()
    try:
        flush()
    except Exception:
        log.exception("The provisioning log could not be written")
    finally:
        connection.close()


_waiting: deque[Line] = deque(maxlen=_MOST_WAITING)
_writer = _Writer()


@atexit.register
def _flush_at_exit() -> None:
    if _waiting and _writer.runs_here:
        _flush_and_let_go()
