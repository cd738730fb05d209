"""After a restart of PostgreSQL every pooled connection is dead, and each would fail one request.

Django's `CONN_HEALTH_CHECKS` asks PostgreSQL before each request, which costs as much as a look-up. But a connection
that has ended says so here: its socket has something to read, while nothing has been asked.
"""

import select
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool


class DatabaseWrapper(base.DatabaseWrapper):
    """Gives no connection of the pool that has ended."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        while self.pool and not _is_alive(connection):
            connection.close()
            self.pool.putconn(connection)  # which opens another one for it
            connection = super().get_new_connection(conn_params)
        return connection


def _is_alive(connection: Connection) -> bool:
    """Whether an idle connection is. What it has to say may be a notice or its end; then PostgreSQL is asked."""
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if not waiting.poll(0):
        return True
    try:
        ConnectionPool.check_connection(connection)
    except OperationalError:
        return False
    return True
