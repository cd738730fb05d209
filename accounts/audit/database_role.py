"""The PostgreSQL role that the product runs as: it reads and writes rows, owns nothing, and cannot undo the audit log.

A second role owns the tables and runs migrations. Grants follow from the tables there are, so they are given again
after each `migrate`.
"""

from dataclasses import dataclass

from django.apps import apps
from django.db import DatabaseError, connection, transaction
from psycopg import sql

from accounts.errors import ActionRefused
from accounts.models import AuditEntry, AuditHead, AuditSeal, UnsealedEntry

READ_AND_WRITE = ("SELECT", "INSERT", "UPDATE", "DELETE")
# No UPDATE and DELETE where the log can only grow; the list of what waits and the heads are no evidence by themselves.
NARROWER = {
    AuditEntry._meta.db_table: ("SELECT", "INSERT"),
    AuditSeal._meta.db_table: ("SELECT", "INSERT"),
    UnsealedEntry._meta.db_table: ("SELECT", "INSERT", "DELETE"),
    AuditHead._meta.db_table: ("SELECT", "INSERT", "UPDATE"),
    "django_migrations": ("SELECT",),
}
APPEND_ONLY = (AuditEntry._meta.db_table, AuditSeal._meta.db_table)


@dataclass(frozen=True)
class Granted:
    role: str
    created: bool
    tables: int


@dataclass(frozen=True)
class Powers:
    """What the role of a connection could do to the audit log beside adding to it."""

    role: str
    rules_roles: bool  # superuser, or may make itself a member of others
    owns: tuple[str, ...]  # append-only tables that it owns, or whose schema it owns, also through another role
    changes: tuple[str, ...]  # append-only tables that it may change rows of


@transaction.atomic
def grant(role: str, password: str = "") -> Granted:
    """Let `role` run the product, and nothing more; it is made where it is missing. To be run by the tables' owner.

    With `password` it can log in by that from now on. Raises ActionRefused.
    """
    if connection.vendor != "postgresql":
        raise ActionRefused(
            "database-not-postgresql",
            "Expected PostgreSQL; SQLite has no roles. Set DATABASE_URL to the role that owns the tables.",
        )
    if not 0 < len(role.encode()) < 64 or role.startswith("pg_"):
        raise ActionRefused(
            "database-role-name-invalid",
            f"Expected a role's name of at most 63 characters, without pg_ in front; received '{role}'.",
        )
    try:
        created = _create_role(role)
        _check_is_nobodys_owner(role)
        if password:
            _set_password(role, password)
        tables = _grant_tables(role)
    except DatabaseError as problem:
        reason = str(problem).splitlines()[0]
        raise ActionRefused(
            "database-role-not-owner", f"Expected a role that owns the tables and may create roles: {reason}."
        ) from None
    return Granted(role, created, tables)


def _create_role(role: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        exists = cursor.fetchone() is not None
    if not exists:
        _execute("CREATE ROLE {} LOGIN", role)
    return not exists


def _check_is_nobodys_owner(role: str) -> None:
    found = powers(role)
    if found.rules_roles or found.owns:
        what = "is a superuser or makes roles" if found.rules_roles else f"owns {', '.join(found.owns)}"
        raise ActionRefused(
            "database-role-too-strong",
            f"Expected a role that owns nothing; '{role}' {what}. Name another one, or a new one.",
        )


def _set_password(role: str, password: str) -> None:
    """PostgreSQL gets what it stores of the password, so that the password itself is in no log of the server."""
    stored = connection.connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    _execute("ALTER ROLE {} LOGIN PASSWORD {}", role, sql.Literal(stored.decode()))


def _grant_tables(role: str) -> int:
    """Gives the number of tables. Those that later migrations make can be used before this command is run again."""
    tables = _tables()
    schema = _schema()
    _execute("REVOKE ALL ON SCHEMA {} FROM {}", schema, role)
    _execute("GRANT USAGE ON SCHEMA {} TO {}", schema, role)
    _execute("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {} TO {}", schema, role)
    for table in tables:
        allowed = sql.SQL(", ").join(map(sql.SQL, NARROWER.get(table, READ_AND_WRITE)))
        _execute("REVOKE ALL ON {} FROM {}", table, role)
        _execute("GRANT {} ON {} TO {}", allowed, table, role)
    usual = sql.SQL(", ").join(map(sql.SQL, READ_AND_WRITE))
    _execute("ALTER DEFAULT PRIVILEGES IN SCHEMA {} GRANT {} ON TABLES TO {}", schema, usual, role)
    _execute("ALTER DEFAULT PRIVILEGES IN SCHEMA {} GRANT USAGE, SELECT ON SEQUENCES TO {}", schema, role)
    return len(tables)


def _tables() -> list[str]:
    wanted = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} | {"django_migrations"}
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
    if missing := set(APPEND_ONLY) - there:
        raise ActionRefused(
            "database-tables-missing",
            f"Expected the tables of the product; {', '.join(missing)} is missing. Run migrate first.",
        )
    return sorted(wanted & there)


def _schema() -> str:
    """The one that unqualified names of tables mean."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return str(cursor.fetchone()[0])


def _execute(statement: str, *parts: str | sql.Composable) -> None:
    """Texts among the parts are names. Statements like these take no parameters."""
    composed = [part if isinstance(part, sql.Composable) else sql.Identifier(part) for part in parts]
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*composed))


_POWERS = """
SELECT c.relname,
       pg_has_role(r.oid, c.relowner, 'MEMBER') OR pg_has_role(r.oid, n.nspowner, 'MEMBER'),
       has_table_privilege(r.oid, c.oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER')
           OR has_any_column_privilege(r.oid, c.oid, 'UPDATE')
  FROM pg_roles r, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE r.rolname = %s AND c.relname = ANY(%s) AND n.nspname = current_schema() AND c.relkind IN ('r', 'p')
 ORDER BY c.relname
"""


def powers(role: str = "") -> Powers:
    """Of a PostgreSQL role; without a name of the one that this process works as."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper OR rolcreaterole FROM pg_roles"
            " WHERE rolname = coalesce(nullif(%s, ''), current_user)",
            [role],
        )
        name, rules_roles = cursor.fetchone()
        cursor.execute(_POWERS, [name, list(APPEND_ONLY)])
        rows = cursor.fetchall()
    return Powers(
        role=name,
        rules_roles=rules_roles,
        owns=tuple(table for table, owns, _ in rows if owns),
        changes=tuple(table for table, _, changes in rows if changes),
    )
