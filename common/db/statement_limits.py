"""How long PostgreSQL works for one statement before it gives up: shorter than the client waits.

Set by the entry of a process (`wsgi`, `celery`), so that migrations and commands have no limit.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import OperationalError, connection, transaction

WEB = 15  # seconds
WORKER = 120
IDLE_IN_TRANSACTION = 60  # a transaction whose process hangs holds locks: PostgreSQL ends it
_QUERY_CANCELED = "57014"  # PostgreSQL's appendix A


class TookTooLong(Exception):
    """A statement was ended by the limit of `at_most`."""


def limit_statements(seconds: int) -> None:
    """For all connections that this process opens from now on. An `options` of DATABASE_URL counts more."""
    database = settings.DATABASES["default"]
    if "postgresql" not in database["ENGINE"]:
        return
    limits = f"-c statement_timeout={seconds}s -c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION}s"
    options = database.setdefault("OPTIONS", {})
    options["options"] = f"{limits} {options.get('options', '')}".strip()


@contextmanager
def at_most(milliseconds: int) -> Iterator[None]:
    """Around statements, each of which PostgreSQL ends after that time. Raises TookTooLong.

    Without effect in a transaction of the caller's, whose later statements the limit would meet.
    """
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield
        return
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(milliseconds)])
            yield
    except OperationalError as problem:
        if getattr(problem.__cause__, "sqlstate", "") != _QUERY_CANCELED:
            raise
        raise TookTooLong from None
