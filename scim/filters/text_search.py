"""Comparison of text in SQL, the same on every database: `LIKE` ignores letter case on one and has wildcards on all.

A piece of SQL goes with its parameters as a pair. Absent text is "", which no operator finds.
"""

import re
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Expression, F, Func, TextField
from django.db.models.sql.compiler import SQLCompiler

from common.folding import nfc

Sql = tuple[str, tuple[Any, ...]]

# {text} is what is stored, {wanted} what the filter says. Greater and less go by code points.
_CONDITIONS = {
    "eq": "{text} = {wanted}",
    "co": "{position}({text}, {wanted}) > 0",
    "sw": "SUBSTR({text}, 1, LENGTH({wanted})) = {wanted}",
    "ew": "LENGTH({wanted}) <= LENGTH({text}) AND SUBSTR({text}, LENGTH({text}) - LENGTH({wanted}) + 1) = {wanted}",
    "gt": "{text} > {wanted}",
    "ge": "{text} >= {wanted}",
    "lt": "{text} < {wanted}",
    "le": "{text} <= {wanted}",
}
OPERATORS = frozenset(_CONDITIONS)


def condition(operator: str, text: Sql, wanted: Sql, vendor: str) -> Sql:
    """That `text` is there and stands to `wanted` as the operator says. Never NULL, so that it can be negated."""
    position = "STRPOS" if vendor == "postgresql" else "INSTR"
    pattern = "({text} <> '' AND (" + _CONDITIONS[operator].replace("{position}", position) + "))"
    pieces = re.split(r"\{(text|wanted)\}", pattern)
    named = {"text": text, "wanted": wanted}
    sql = "".join(named[piece][0] if place % 2 else piece for place, piece in enumerate(pieces))
    return sql, tuple(value for piece in pieces[1::2] for value in named[piece][1])


def folded(sql: str, vendor: str) -> str:
    """The text in the spelling for comparison: NFC, letter case ignored (PostgreSQL: as the database's locale has it).

    Only for what has no folded column; both sides are folded by the database, so they always fit together.
    """
    return f"LOWER(NORMALIZE({sql}))" if vendor == "postgresql" else f"SCIM_FOLD({sql})"


def by_code_point(sql: str, vendor: str) -> str:
    """The text in an order that does not depend on the database's language; SQLite's is so already."""
    return f'({sql}) COLLATE "C"' if vendor == "postgresql" else sql


class TextComparison(Func):
    """Compares a text expression of the query with a value. `fold` is False where letter case counts, or where both
    are folded already."""

    def __init__(self, source: Expression | F, operator: str, wanted: str, *, fold: bool) -> None:
        super().__init__(source, output_field=BooleanField())
        self.operator, self.wanted, self.fold = operator, wanted, fold

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Any:  # type: ignore[override]
        inner, parameters = compiler.compile(*self.source_expressions)
        text, wanted = f"COALESCE({inner}, '')", "%s"
        if self.fold:
            text, wanted = folded(text, connection.vendor), folded(wanted, connection.vendor)
        found = (by_code_point(text, connection.vendor), tuple(parameters))
        return condition(self.operator, found, (wanted, (self.wanted,)), connection.vendor)


class Comparable(Func):
    """A text expression in the form in which texts are put in order."""

    def __init__(self, source: Expression | F, *, fold: bool) -> None:
        super().__init__(source, output_field=TextField())
        self.fold = fold

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Any:  # type: ignore[override]
        inner, parameters = compiler.compile(*self.source_expressions)
        text = f"COALESCE({inner}, '')"
        if self.fold:
            text = folded(text, connection.vendor)
        return by_code_point(text, connection.vendor), tuple(parameters)


def _fold_text(text: str | None) -> str | None:
    return None if text is None else nfc(nfc(text).casefold())


def teach_sqlite(connection: BaseDatabaseWrapper, **_: object) -> None:
    """SQLite knows letter case of ASCII only."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("SCIM_FOLD", 1, _fold_text, deterministic=True)
