"""The Celery application. Tasks are wake-up calls: the work itself is in database rows (`docs/architecture.md`)."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "torque_sso.settings")

app = Celery("torque_sso")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect  # type: ignore[untyped-decorator]
def _limit_statements(**_: Any) -> None:
    from common.db import statement_limits

    statement_limits.limit_statements(statement_limits.WORKER)
