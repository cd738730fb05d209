"""Probes: `/healthz` tells whether this process lives, `/readyz` whether it should get traffic."""

import threading
import time

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponsePermanentRedirect, JsonResponse
from django.middleware.common import CommonMiddleware
from django.views.decorators.http import require_safe

from accounts.work import broker

LOOKED_AT_EVERY = 1.0  # seconds
PROBES = ("/healthz", "/readyz")


class HostsButForProbes(CommonMiddleware):
    """Django's own, which refuses a Host that is not ours; a probe asks this process by its address."""

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        return None if request.path_info in PROBES else super().process_request(request)


@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """Never asks the database: a restart of this process would not mend it."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """Red without a migrated database that takes changes. Without a broker logins still work, so that is only told."""
    database, behind = _looks.latest()
    if database != "ok":
        return JsonResponse({"status": "not ready", "database": database, "broker": behind}, status=503)
    status = "degraded" if behind == broker.SILENT else "ok"
    return JsonResponse({"status": status, "database": database, "broker": behind})


class Looks:
    """What was seen of database and broker within LOOKED_AT_EVERY by this process.

    Anybody may ask, and a limit for each address would turn a load balancer's own question down. So one request looks,
    which may take seconds, and the others are told what was seen last.
    """

    def __init__(self) -> None:
        self._looking = threading.Lock()
        self._at, self._seen = 0.0, ("", "")

    def latest(self) -> tuple[str, str]:
        """State of the database, state of the broker."""
        is_old = not self._at or time.monotonic() - self._at >= LOOKED_AT_EVERY
        if is_old and self._looking.acquire(blocking=not self._at):
            try:
                self._seen = _database(), broker.broker_state()
                self._at = time.monotonic()
            finally:
                self._looking.release()
        return self._seen


_looks = Looks()


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "does not answer"
    if pending:
        return f"{len(pending)} migrations to run"
    return "ok" if _takes_changes() else "takes no changes: is its disk full?"


def _takes_changes() -> bool:
    """SQLite reads on a full disk; writing one page again as it is tells. PostgreSQL's disk is its server's."""
    if connection.vendor != "sqlite":
        return True
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA user_version = 0")
    except DatabaseError:
        return False
    return True
