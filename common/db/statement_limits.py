"""How long PostgreSQL works for one statement before it gives up: shorter than the patience of whoever waits.

Set by the entry of a process (`wsgi`, `celery`), so that migrations and commands have no limit.
"""

from django.conf import settings

WEB = 15  # seconds
WORKER = 120
IDLE_IN_TRANSACTION = 60  # a transaction whose process hangs holds locks: PostgreSQL ends it


def limit_statements(seconds: int) -> None:
    """For all connections that this process opens from now on. An `options` of DATABASE_URL counts more."""
    database = settings.DATABASES["default"]
    if "postgresql" not in database["ENGINE"]:
        return
    limits = f"-c statement_timeout={seconds}s -c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION}s"
    options = database.setdefault("OPTIONS", {})
    options["options"] = f"{limits} {options.get('options', '')}".strip()
