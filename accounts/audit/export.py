"""The audit log as CSV or JSON lines, however long, in constant memory (R58): with each entry's place in the chain."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.audit.links import COLUMNS, Row, time_text
from accounts.errors import ActionRefused
from accounts.models import Account, AuditEntry
from common import timestamps
from common.csv_lines import csv_lines

AT_ONCE = 1_000  # entries in memory
SEAL = ("seal__position", "seal__digest")
HEADINGS = (*COLUMNS, "position", "digest")


@transaction.atomic
def export(
    account: Account, form: str, *, acting: Actor, since: datetime | None = None, until: datetime | None = None
) -> Iterator[str]:
    """The text of an account's entries from `since` to before `until` (now, at most), oldest first, piece by piece.

    `form` is one of FORMS. The download is an entry itself, written before the first piece. Raises ActionRefused.
    """
    if form not in FORMS:
        raise ActionRefused("export-format-unknown", f"Expected the format {' or '.join(FORMS)}; received '{form}'.")
    # A log that grows while it is read would have no end.
    until = min(until or timezone.now(), timezone.now())
    if since and since >= until:
        raise ActionRefused(
            "export-time-range-invalid",
            f"Expected a time before {until.isoformat()} to begin with; received {since.isoformat()}.",
        )
    changes = {"format": [None, form], "since": [None, since and time_text(since)], "until": [None, time_text(until)]}
    audit.record(acting, "audit.exported", account, changes)
    return FORMS[form](batches(account, since, until))


def time_of(text: str) -> datetime:
    """An ISO 8601 date or time; UTC where it names no zone. Raises ActionRefused."""
    try:
        return timestamps.read(text)
    except ValueError:
        raise ActionRefused(
            "export-time-invalid", f"Expected a time like 2026-11-23T14:00:00Z or a date; received '{text[:100]}'."
        ) from None


def batches(account: Account, since: datetime | None, until: datetime) -> Iterator[list[Row]]:
    """A thousand entries with one query, from where the one before ended: by key, OFFSET reads all that it skips."""
    asked = AuditEntry.objects.in_account(account).filter(at__lt=until)
    if since:
        asked = asked.filter(at__gte=since)
    found = asked.order_by("at", "id").values(*COLUMNS, *SEAL)
    rows = list(found[:AT_ONCE])
    while rows:
        yield rows
        last = rows[-1]
        # The first condition is for the index, the second for entries of the same microsecond.
        later = found.filter(Q(at__gt=last["at"]) | Q(id__gt=last["id"]), at__gte=last["at"])
        rows = list(later[:AT_ONCE]) if len(rows) == AT_ONCE else []


def json_lines(entries: Iterator[list[Row]]) -> Iterator[str]:
    for batch in entries:
        yield "".join(json.dumps(_plain(row), default=str, ensure_ascii=False) + "\n" for row in batch)


def _plain(row: Row) -> dict[str, Any]:
    values = {**row, "at": time_text(row["at"])}
    return {heading: values[name] for heading, name in zip(HEADINGS, (*COLUMNS, *SEAL), strict=True)}


FORMS: dict[str, Callable[[Iterator[list[Row]]], Iterator[str]]] = {
    "csv": lambda entries: csv_lines(HEADINGS, ([_plain(row).values() for row in batch] for batch in entries)),
    "jsonl": json_lines,
}
