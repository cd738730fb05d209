"""State of the Celery broker and of the workers behind it; each question takes about a second at most."""

from collections import Counter

from celery import current_app
from django.conf import settings
from kombu import Connection
from kombu.exceptions import KombuError, OperationalError

IN_PROCESS = "none: tasks run in this process"
SILENT = "does not answer: groups and clean-up wait for the sweep"
ANSWERS_WITHIN = 1.0  # seconds


def broker_state() -> str:
    """`ok`, IN_PROCESS or SILENT."""
    if settings.CELERY_TASK_ALWAYS_EAGER:
        return IN_PROCESS
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    try:
        with Connection(settings.CELERY_BROKER_URL, transport_options=options) as broker:
            broker.ensure_connection(max_retries=1, timeout=1)
    except (KombuError, OperationalError, OSError):
        return SILENT
    return "ok"


def workers_of_queues() -> dict[str, int]:
    """Number of workers that answer, by the queue they take from."""
    try:
        answers = current_app.control.inspect(timeout=ANSWERS_WITHIN).active_queues() or {}
    except (KombuError, OperationalError, OSError):
        answers = {}
    serving = Counter(queue["name"] for queues in answers.values() for queue in queues)
    return {name: serving[name] for name in settings.CELERY_TASK_QUEUES}
