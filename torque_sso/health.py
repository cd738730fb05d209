"""Probes: `/healthz` tells whether this process lives, `/readyz` whether it should get traffic."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponsePermanentRedirect, JsonResponse
from django.middleware.common import CommonMiddleware
from django.views.decorators.http import require_safe

from torque_sso import broker

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
    database = _database()
    behind = broker.broker_state()
    if database != "ok":
        return JsonResponse({"status": "not ready", "database": database, "broker": behind}, status=503)
    status = "degraded" if behind == broker.SILENT else "ok"
    return JsonResponse({"status": status, "database": database, "broker": behind})


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
