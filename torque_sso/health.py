"""Probes: `/healthz` tells whether this process lives, `/readyz` whether it should get traffic."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from kombu import Connection
from kombu.exceptions import KombuError, OperationalError


@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """Never asks the database: a restart of this process would not mend it."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """Red without a migrated database. Without a broker logins still work, so that is only told."""
    database = _database()
    ready = database == "ok"
    checks = {"status": "ok" if ready else "not ready", "database": database, "broker": _broker()}
    return JsonResponse(checks, status=200 if ready else 503)


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "does not answer"
    return f"{len(pending)} migrations to run" if pending else "ok"


def _broker() -> str:
    if settings.CELERY_TASK_ALWAYS_EAGER:
        return "none: tasks run in this process"
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    try:
        with Connection(settings.CELERY_BROKER_URL, transport_options=options) as broker:
            broker.ensure_connection(max_retries=1, timeout=1)
    except (KombuError, OperationalError, OSError):
        return "does not answer: groups are synced later"
    return "ok"
