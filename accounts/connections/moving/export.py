"""Whom a move is about, as CSV, in constant memory."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.connections.moving.findings import ADVICE, Finding, people_of
from accounts.models import ConnectionMove
from common.csv_lines import csv_lines

AT_ONCE = 500
HEADINGS = ("email", "user_name", "first_name", "last_name", "finding", "advice")


@transaction.atomic
def export(move: ConnectionMove, *, acting: Actor) -> Iterator[str]:
    """The text, piece by piece, in order of creation. The download is an entry of the audit log itself."""
    asked = {"move": f"{move.source} to {move.target}"}
    audit.record(acting, "users.exported", move.target, {"filters": [None, asked]})
    return csv_lines(HEADINGS, _batches(move))


def _batches(move: ConnectionMove) -> Iterator[list[list[Any]]]:
    people = people_of(move).order_by("number")
    batch = list(people[:AT_ONCE])
    while batch:
        yield [_row(user) for user in batch]
        batch = list(people.filter(number__gt=batch[-1].number)[:AT_ONCE]) if len(batch) == AT_ONCE else []


def _row(user: Any) -> list[Any]:
    finding = Finding(user.finding)
    return [user.email, user.user_name, user.first_name, user.last_name, finding.label, ADVICE.get(finding, "")]
