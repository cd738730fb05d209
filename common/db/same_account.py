"""The database refuses a row that points into another account (`docs/architecture.md`).

On PostgreSQL by a composite foreign key (account_id, x_id) -> (account_id, id), added by migrations that call
`same_account`. SQLite cannot add one to a table that exists; there the services and their tests stand alone.
"""

from collections.abc import Callable
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from common.db.append_only import Statements, run_statements


def same_account(app_label: str, *relations: str) -> migrations.RunPython:
    """For each "model.field" of the app: the row pointed to has to be of the row's own account."""

    def of_each(statements: Callable[[Any], list[str]]) -> Statements:
        def found(apps: Apps, editor: BaseDatabaseSchemaEditor) -> list[str]:
            if editor.connection.vendor != "postgresql":
                return []
            named = (relation.split(".") for relation in relations)
            fields = [apps.get_model(app_label, model)._meta.get_field(field) for model, field in named]
            return [one for field in fields for one in statements(field)]

        return found

    return run_statements(of_each(_add), of_each(_remove))


def constraint_name(field: Any) -> str:
    return f"{field.model._meta.db_table}_{field.column}_same_account"[:63]


def _add(field: Any) -> list[str]:
    child, parent = field.model._meta.db_table, field.related_model._meta.db_table
    return [
        f'CREATE UNIQUE INDEX IF NOT EXISTS "{parent}_of_account" ON "{parent}" (account_id, id)',
        f'ALTER TABLE "{child}" ADD CONSTRAINT "{constraint_name(field)}" FOREIGN KEY (account_id, "{field.column}")'
        f' REFERENCES "{parent}" (account_id, id) DEFERRABLE INITIALLY DEFERRED',
    ]


def _remove(field: Any) -> list[str]:
    return [f'ALTER TABLE "{field.model._meta.db_table}" DROP CONSTRAINT "{constraint_name(field)}"']
