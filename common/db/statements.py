"""The few statements that programs make thousands of times an hour, each written once.

For one row the ORM spends more time on writing its SQL anew than the database on carrying it out. Here the text is kept
for each model and set of columns; the model's own fields still turn values into what each database stores, and back.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction
from django.db.models.base import ModelState

M = TypeVar("M", bound=models.Model)
Column = Callable[[Any], Any]


@dataclass(frozen=True)
class Write:
    """One statement that changes rows, and its values."""

    text: str
    values: list[Any]


def insert(row: models.Model) -> None:
    """As `row.save(force_insert=True)` for a row with its key. No signals. Raises IntegrityError."""
    insert_all([row])


def insert_all(rows: Sequence[models.Model]) -> None:
    """Rows of one model in one statement."""
    write(inserting(rows))


def inserting(rows: Sequence[models.Model], name: str = "", expression: str = "") -> Write:
    """What inserts rows of one model, which count as saved from now on; the field of that name gets the expression."""
    model = type(rows[0])
    fields = [field for field in model._meta.local_concrete_fields if field.name != name]
    values = [value for row in rows for value in _stored_now(row, fields, True)]
    for row in rows:
        row._state.adding, row._state.db = False, "default"
    return Write(f"{_insert_into(model)} {', '.join([_place(model, name, expression)] * len(rows))}", values)


def insert_numbered(row: models.Model, name: str, counting: Write, *others: Write) -> None:
    """Inserts a row whose field `name` is what `counting` returns, together with others.

    One statement where the database can. Raises IntegrityError.
    """
    if connection.vendor != "postgresql":
        setattr(row, name, write(counting)[0])
        write(inserting([row]), *others)
        return
    numbered = inserting([row], name, "(TABLE w0)")
    setattr(row, name, write(counting, *others, Write(f'{numbered.text} RETURNING "{name}"', numbered.values))[0])


def updating(row: models.Model, names: Sequence[str]) -> Write:
    """What does the same as `row.save(update_fields=names)`, on the row of this key and account."""
    model = type(row)
    fields = [model._meta.get_field(name) for name in (*names, "id", "account")]
    return Write(_update_of(model, tuple(names)), _stored_now(row, fields, False))


def write(*writes: Write) -> Sequence[Any]:
    """Carries them out; where the database can, as one statement: each way there and back costs as much as a write.

    None may need what another one changes; `insert_numbered` knows how. Gives the row that the last one returns, if
    any. Raises IntegrityError.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(writes) > 1:
            *others, last = writes
            parts = ", ".join(f"w{number} AS ({one.text})" for number, one in enumerate(others))
            cursor.execute(f"WITH {parts} {last.text}", [value for one in writes for value in one.values])
        else:
            for one in writes:
                cursor.execute(one.text, one.values)
        return (cursor.fetchone() if cursor.description else None) or ()


def at_once() -> AbstractContextManager[Any]:
    """The transaction around one `write` or `insert_numbered`: none where that is one statement, which is its own."""
    is_its_own = connection.vendor == "postgresql" and not connection.in_atomic_block
    return nullcontext() if is_its_own else transaction.atomic()


def select(model: type[M], names: tuple[str, ...], rest: str, values: Sequence[Any]) -> list[M]:
    """Rows with these fields, to be looked at: an attribute that is not among them is fetched when it is asked for.

    `rest` is what stands after FROM, with %s for each of `values`; keys and dates as `stored` gives them.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"{_select_from(model, names)} {rest}", values)
        rows = cursor.fetchall()
    return [filled(model, names, row) for row in converted(model, names, rows)]


def select_one(model: type[M], names: tuple[str, ...], *, lock: bool = False, **equal: object) -> M | None:
    """The row whose fields have these values; with `lock` locked until the end of the transaction, where there is one.

    A row that this had to wait for is read as it is then (PostgreSQL's READ COMMITTED), but for its key.
    """
    text = f"{_select_from(model, names)} WHERE {_all_equal(model, tuple(equal))}"
    locked = lock and connection.features.has_select_for_update
    with connection.cursor() as cursor:
        values = [stored(model, name, value) for name, value in equal.items()]
        cursor.execute(f"{text} FOR NO KEY UPDATE" if locked else text, values)
        row = cursor.fetchone()
    return None if row is None else filled(model, names, converted(model, names, [row])[0])


def stored(model: type[models.Model], name: str, value: object) -> Any:
    """A value as the database keeps it in that field: keys are text on SQLite."""
    return model._meta.get_field(name).get_db_prep_value(value, connection)  # type: ignore[union-attr]


def filled(model: type[M], names: tuple[str, ...], values: Sequence[Any]) -> M:
    """As `Model.from_db` makes one with deferred fields, without the work of `__init__` for each field."""
    row = model.__new__(model)
    row.__dict__.update(zip(_attnames(model, names), values, strict=True))
    row._state = ModelState()
    row._state.adding, row._state.db = False, "default"
    return row


def converted(model: type[models.Model], names: tuple[str, ...], rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Rows as Python's values, as a driver gave them."""
    found = _converters(model, names, connection.vendor)
    result = [list(row) for row in rows]
    for row in result:
        for place, convert in found:
            row[place] = convert(row[place])
    return result


def _stored_now(row: models.Model, fields: Sequence[Any], add: bool) -> list[Any]:
    """Values of a row as the database keeps them, after what the fields do before each save."""
    database = connections[DEFAULT_DB_ALIAS]  # fields ask it often, and `connection` looks it up each time
    values = []
    for field in fields:
        value = row.__dict__.get(field.attname)
        if value.__class__ is not str or not _is_plain(field.__class__):
            value = field.get_db_prep_save(field.pre_save(row, add), database)
        values.append(value)
    return values


@cache
def _is_plain(kind: type[Any]) -> bool:
    """Whether a field of this class stores a text as it is."""
    text = (models.CharField, models.TextField)
    same = ("pre_save", "get_db_prep_save", "get_db_prep_value", "get_prep_value", "to_python")
    return any(all(getattr(kind, name) is getattr(one, name) for name in same) for one in text)


@cache
def _insert_into(model: type[models.Model]) -> str:
    columns = ", ".join(_quoted(field) for field in model._meta.local_concrete_fields)
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES'  # names from the model


@cache
def _place(model: type[models.Model], name: str, expression: str) -> str:
    """Where the values stand; for the field of that name the expression."""
    fields = model._meta.local_concrete_fields
    return f"({', '.join(expression if field.name == name else '%s' for field in fields)})"


@cache
def _update_of(model: type[models.Model], names: tuple[str, ...]) -> str:
    pairs = ", ".join(f"{_quoted(model._meta.get_field(name))} = %s" for name in names)
    return f'UPDATE "{model._meta.db_table}" SET {pairs} WHERE "id" = %s AND "account_id" = %s'  # noqa: S608


@cache
def columns(model: type[models.Model], names: tuple[str, ...]) -> str:
    """The columns of these fields, to stand after SELECT."""
    return ", ".join(f'"{model._meta.db_table}".{_quoted(model._meta.get_field(name))}' for name in names)


@cache
def every_field(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(field.name for field in model._meta.local_concrete_fields)


@cache
def _select_from(model: type[models.Model], names: tuple[str, ...]) -> str:
    return f'SELECT {columns(model, names)} FROM "{model._meta.db_table}"'  # noqa: S608


@cache
def _all_equal(model: type[models.Model], names: tuple[str, ...]) -> str:
    return " AND ".join(f"{_quoted(model._meta.get_field(name))} = %s" for name in names)


@cache
def _attnames(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str(model._meta.get_field(name).attname) for name in names)  # type: ignore[union-attr]


@cache
def _converters(model: type[models.Model], names: tuple[str, ...], _vendor: str) -> list[tuple[int, Column]]:
    read = [model._meta.get_field(name).get_col(model._meta.db_table) for name in names]  # type: ignore[union-attr]
    compiler = model._default_manager.all().query.get_compiler("default")
    return [(place, _chain(*found)) for place, found in compiler.get_converters(read).items()]


def _chain(converters: Sequence[Callable[..., Any]], expression: Any) -> Column:
    def convert(value: Any) -> Any:
        for one in converters:
            value = one(value, expression, connection)
        return value

    return convert


def _quoted(field: Any) -> str:
    return f'"{field.column}"'
