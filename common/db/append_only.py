"""The database refuses to change or delete a row of the audit log (R57), to the product, a shell and any SQL client.

By triggers, added by migrations that call `append_only`. A role that may drop a trigger can still do it; the hash chain
(`accounts.audit.chain`) shows that they did. Django's SQLite backend rebuilds a table to alter it and loses
its triggers: a migration that alters one of these tables calls `append_only` again. SQLite has no TRUNCATE.
"""

from collections.abc import Callable
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

REFUSAL = "the audit log is append-only"

_FUNCTION = f"""
CREATE OR REPLACE FUNCTION accounts_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
END $$
"""


Statements = Callable[[Apps, BaseDatabaseSchemaEditor], list[str]]


def run_statements(add: Statements, remove: Statements) -> migrations.RunPython:
    """An operation whose SQL depends on the database and on the models' tables."""

    def running(statements: Statements) -> Callable[[Apps, BaseDatabaseSchemaEditor], None]:
        def run(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
            for statement in statements(apps, editor):
                editor.execute(statement)

        return run

    return migrations.RunPython(running(add), running(remove))


def append_only(app_label: str, *models: str) -> migrations.RunPython:
    """Rows of these models can be added and read, nothing else."""

    def add(apps: Apps, editor: BaseDatabaseSchemaEditor) -> list[str]:
        vendor = editor.connection.vendor
        guards = [one for model in models for one in _guards(apps.get_model(app_label, model), vendor)]
        return [_FUNCTION, *guards] if vendor == "postgresql" else guards

    def remove(apps: Apps, editor: BaseDatabaseSchemaEditor) -> list[str]:
        vendor = editor.connection.vendor
        return [one for model in models for one in _no_guards(apps.get_model(app_label, model), vendor)]

    return run_statements(add, remove)


def never_truncated(app_label: str, *models: str) -> migrations.RunPython:
    """Tables of these models cannot be emptied by TRUNCATE, which asks no trigger of rows. After `append_only`."""

    def on_each(statement: str) -> Statements:
        def filled_in(apps: Apps, editor: BaseDatabaseSchemaEditor) -> list[str]:
            tables = [str(apps.get_model(app_label, model)._meta.db_table) for model in models]
            return [statement.format(table=table) for table in tables if editor.connection.vendor == "postgresql"]

        return filled_in

    return run_statements(
        on_each(
            'CREATE OR REPLACE TRIGGER {table}_never_truncated BEFORE TRUNCATE ON "{table}"'
            " FOR EACH STATEMENT EXECUTE FUNCTION accounts_append_only()"
        ),
        on_each('DROP TRIGGER {table}_never_truncated ON "{table}"'),
    )


def entries_wait_for_their_seal() -> migrations.RunPython:
    """Every new audit entry is put on the list of unsealed ones by the database, in the same transaction."""
    on_table = {"postgresql": ' ON "accounts_auditentry"', "sqlite": ""}
    return run_statements(
        lambda _, editor: _QUEUE[editor.connection.vendor],
        lambda _, editor: [f"DROP TRIGGER accounts_auditentry_waits{on_table[editor.connection.vendor]}"],
    )


_WAITS = "INSERT INTO accounts_unsealedentry (id, account_id, at) VALUES (NEW.id, NEW.account_id, NEW.at);"
_QUEUE = {
    "postgresql": [
        "CREATE OR REPLACE FUNCTION accounts_entry_waits() RETURNS trigger LANGUAGE plpgsql AS $$"
        f" BEGIN {_WAITS} RETURN NULL; END $$",
        'CREATE OR REPLACE TRIGGER accounts_auditentry_waits AFTER INSERT ON "accounts_auditentry"'
        " FOR EACH ROW EXECUTE FUNCTION accounts_entry_waits()",
    ],
    "sqlite": [
        'CREATE TRIGGER IF NOT EXISTS accounts_auditentry_waits AFTER INSERT ON "accounts_auditentry"'
        f" BEGIN {_WAITS} END",
    ],
}


def _guards(model: Any, vendor: str) -> list[str]:
    table = model._meta.db_table
    if vendor == "postgresql":
        return [
            f'CREATE OR REPLACE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON "{table}"'
            " FOR EACH ROW EXECUTE FUNCTION accounts_append_only()"
        ]
    taken = " OR ".join(_same(columns) for columns in _keys(model))
    # INSERT OR REPLACE deletes the row in its way without asking a DELETE trigger (sqlite.org/lang_conflict.html).
    events = {"update": "UPDATE", "delete": "DELETE", "insert": "INSERT"}
    only_when = {"insert": f' WHEN EXISTS (SELECT 1 FROM "{table}" WHERE {taken})'}  # noqa: S608  # names of columns
    return [
        f'CREATE TRIGGER IF NOT EXISTS {table}_no_{name} BEFORE {event} ON "{table}"{only_when.get(name, "")}'
        f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for name, event in events.items()
    ]


def _no_guards(model: Any, vendor: str) -> list[str]:
    table = model._meta.db_table
    if vendor == "postgresql":
        return [f'DROP TRIGGER {table}_append_only ON "{table}"']
    return [f"DROP TRIGGER {table}_no_{name}" for name in ("update", "delete", "insert")]


def _keys(model: Any) -> list[tuple[str, ...]]:
    """The columns of each unique key."""
    single = [(field.column,) for field in model._meta.concrete_fields if field.unique]
    together = [
        tuple(model._meta.get_field(name).column for name in constraint.fields)
        for constraint in model._meta.total_unique_constraints
    ]
    return single + together


def _same(columns: tuple[str, ...]) -> str:
    return "(" + " AND ".join(f"{column} = NEW.{column}" for column in columns) + ")"
