"""Value paths in SQL, such as `phoneNumbers[type eq "work" and value sw "+49"]`: one entry must meet all of it."""

from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func
from django.db.models.sql.compiler import SQLCompiler

from scim.filters.text_search import Sql, by_code_point, condition, folded


@dataclass(frozen=True)
class Words:
    """How a database speaks of JSON."""

    entries: str  # the rows of a list
    stored: str  # the list that is kept, or NULL
    only_email: str  # the list of a user without one, as `resources.to_resource` shows it
    part: str  # text of an entry's part, or NULL
    true: str  # how `part` says true


_WORDS = {
    "sqlite": Words(
        entries="JSON_EACH(COALESCE({list}, '[]')) entry",
        stored="JSON_EXTRACT({kept}, '$.{name}')",
        only_email="JSON_ARRAY(JSON_OBJECT('value', {email}, 'type', 'work', 'primary', JSON('true')))",
        part="JSON_EXTRACT(entry.value, '$.{key}')",
        true="1",
    ),
    "postgresql": Words(
        entries="JSONB_ARRAY_ELEMENTS(COALESCE({list}, '[]'::jsonb)) entry",
        stored="{kept} -> '{name}'",
        only_email="JSONB_BUILD_ARRAY(JSONB_BUILD_OBJECT('value', {email}, 'type', 'work', 'primary', TRUE))",
        part="(entry.value ->> '{key}')",
        true="'true'",
    ),
}


@dataclass(frozen=True)
class Text:
    """A part of an entry compared with text, letter case ignored."""

    key: str
    operator: str
    wanted: str

    def sql(self, vendor: str) -> Sql:
        text = folded(f"COALESCE({_WORDS[vendor].part.format(key=self.key)}, '')", vendor)
        return condition(
            self.operator, (by_code_point(text, vendor), ()), (folded("%s", vendor), (self.wanted,)), vendor
        )


@dataclass(frozen=True)
class Truth:
    """A part that is true; where it is left out it counts as false (RFC 7643 section 2.4, `primary`)."""

    key: str

    def sql(self, vendor: str) -> Sql:
        words = _WORDS[vendor]
        part = words.part.format(key=self.key)
        return f"({part} IS NOT NULL AND {part} = {words.true})", ()


@dataclass(frozen=True)
class Stated:
    """A part that is there."""

    key: str

    def sql(self, vendor: str) -> Sql:
        return f"({_WORDS[vendor].part.format(key=self.key)} IS NOT NULL)", ()


@dataclass(frozen=True)
class Joined:
    """Several conditions on the same entry; `connector` is AND or OR."""

    connector: str
    terms: tuple["Wanted", ...]

    def sql(self, vendor: str) -> Sql:
        pieces = [term.sql(vendor) for term in self.terms]
        joined = f" {self.connector} ".join(sql for sql, _ in pieces)
        return f"({joined})", tuple(value for _, values in pieces for value in values)


@dataclass(frozen=True)
class Opposite:
    term: "Wanted"

    def sql(self, vendor: str) -> Sql:
        sql, values = self.term.sql(vendor)
        return f"(NOT {sql})", values


Wanted = Text | Truth | Stated | Joined | Opposite


class AnyEntry(Func):
    """Whether some entry of a kept list, "emails" or "phoneNumbers", is as wanted. Never NULL."""

    def __init__(self, name: str, wanted: Wanted) -> None:
        super().__init__(F("scim_attributes"), F("email"), output_field=BooleanField())
        self.name, self.wanted = name, wanted

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Any:  # type: ignore[override]
        words = _WORDS[connection.vendor]
        kept, email = (compiler.compile(source)[0] for source in self.source_expressions)
        entries = words.stored.format(kept=kept, name=self.name)
        if self.name == "emails":
            only = words.only_email.format(email=email)
            entries = f"COALESCE({entries}, CASE WHEN {email} <> '' THEN {only} END)"
        sql, values = self.wanted.sql(connection.vendor)
        rows = words.entries.format(list=entries)
        return f"EXISTS(SELECT 1 FROM {rows} WHERE {sql})", values  # noqa: S608 (values are parameters)
