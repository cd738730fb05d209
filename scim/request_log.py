"""The request log: each SCIM request and its outcome, in words for an account's admin.

Lines wait in the process and are written in bulk by a thread of their own (`common.background`), so that the log never
delays or fails a request. A line is lost when the process is killed within that second; the audit log, written with the
change, is not.
"""

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

from accounts.models import Account
from common.background import BackgroundQueue
from common.db import statements
from common.texts import storable
from scim.masking import masked
from scim.models import ProvisioningRequest

log = structlog.get_logger(__name__)

KEPT_FOR = timedelta(days=30)
_LONGEST_SUBJECT = 120


@dataclass(frozen=True)
class RequestSummary:
    """One sentence about a request: `done` if it succeeded, `tried` if not; `subject` is what it was about."""

    done: str = "asked for"
    tried: str = "ask for"
    subject: str = "an address that does not exist"
    result: str = ""

    def sentence(self, who: str, problem: str) -> str:
        """`Okta deactivated bo@acme.example`, or `Okta could not create bo@acme.example: …`."""
        subject = self.subject[:_LONGEST_SUBJECT]
        if problem:
            return f"{who} could not {self.tried} {subject}: {problem}"
        return f"{who} {self.done} {subject}{self.result}"


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
            path=storable(self.path)[:500],
            sentence=storable(self.sentence)[:500],
            status=self.status,
            duration_ms=round(self.duration * 1000),
            body=masked(self.body),
        )


def client_named(user_agent: str) -> str:
    """The identity provider that a User-Agent names."""
    text = user_agent.lower()
    if "okta" in text:
        return "Okta"
    return "Entra" if any(word in text for word in ("entra", "azure", "microsoft")) else "other"


def note(line: Line) -> None:
    """Put a line into the background queue; it is written within a second."""
    if _unnoted.get():
        return
    if settings.WORK_IN_BACKGROUND:
        _queue.put(line)
    else:
        _queue.waiting.append(line)


@contextmanager
def unnoted() -> Iterator[None]:
    """Requests of this thread inside the block leave no line: they are not the identity provider's."""
    token = _unnoted.set(True)
    try:
        yield
    finally:
        _unnoted.reset(token)


_unnoted: ContextVar[bool] = ContextVar("unnoted", default=False)


def flush() -> int:
    """Writes what waits, and tells how many lines."""
    written = 0
    while lines := _queue.take():
        written += _write(lines)
    return written


def clean() -> int:
    """Deletes lines that are older than `KEPT_FOR`; how many."""
    return ProvisioningRequest.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()[0]


def _write(lines: list[Line]) -> int:
    """How many were written. After a failure they are lost, and the loss is logged.

    An account that was removed meanwhile must not cost the lines of the others.
    """
    rows = [line.row() for line in lines]
    try:
        there = set(Account.objects.filter(pk__in={row.account_id for row in rows}).values_list("pk", flat=True))
        known = [row for row in rows if row.account_id in there]
        if known:
            statements.insert_all(known)
    except DatabaseError as problem:
        log.warning("Lines of the provisioning log are lost", lines=len(lines), reason=type(problem).__name__)
        return 0
    return len(known)


def _write_and_close(lines: list[Line]) -> None:
    """In the queue's thread: no connection stays open between two rounds."""
    close_old_connections()
    try:
        _write(lines)
    finally:
        connection.close()


_queue = BackgroundQueue("provisioning-log", _write_and_close)
