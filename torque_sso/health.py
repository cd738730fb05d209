"""Probes: `/healthz` for liveness of this process, `/readyz` for whether it should get traffic."""

import threading
import time

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponsePermanentRedirect, JsonResponse
from django.middleware.common import CommonMiddleware
from django.views.decorators.http import require_safe

from accounts.work import broker

CHECKED_EVERY = 1.0  # seconds
PROBES = ("/healthz", "/readyz")


class HostsButForProbes(CommonMiddleware):
    """Django's own, which refuses a Host that is not ours; a probe uses the address of this process."""

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        return None if request.path_info in PROBES else super().process_request(request)


@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """Does not ask the database: a restart of this process would not repair it."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """503 without a migrated, writable database. Logins work without a broker, so that is only reported."""
    database, broker_state = _cached.latest()
    if database != "ok":
        return JsonResponse({"status": "not ready", "database": database, "broker": broker_state}, status=503)
    status = "degraded" if broker_state == broker.SILENT else "ok"
    return JsonResponse({"status": status, "database": database, "broker": broker_state})


class CachedState:
    """State of database and broker, checked at most once in CHECKED_EVERY seconds by this process.

    The probe is public, and a rate limit by address would refuse a load balancer. So one request checks, which may take
    seconds, and the others get the last result.
    """

    def __init__(self) -> None:
        self._checking = threading.Lock()
        self._at, self._state = 0.0, ("", "")

    def latest(self) -> tuple[str, str]:
        """State of the database, state of the broker."""
        is_old = not self._at or time.monotonic() - self._at >= CHECKED_EVERY
        if is_old and self._checking.acquire(blocking=not self._at):
            try:
                self._state = _database(), broker.broker_state()
                self._at = time.monotonic()
            finally:
                self._checking.release()
        return self._state


_cached = CachedState()


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "does not answer"
    if pending:
        return f"{len(pending)} migrations to run"
    return "ok" if _is_writable() else "takes no changes: is its disk full?"


def _is_writable() -> bool:
    """SQLite still reads on a full disk, so write one page again. PostgreSQL watches its own disk."""
    if connection.vendor != "sqlite":
        return True
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA user_version = 0")
    except DatabaseError:
        return False
    return True
