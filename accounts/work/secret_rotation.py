"""Rotation of ENCRYPTION_KEYS: every secret in the database is written anew under the newest key, while logins go on.

Each row is changed by an update that holds only while the row has the ciphertext that was read, so a secret that
somebody enters meanwhile is never overwritten; whatever writes, writes under the newest key.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.apps import apps
from django.db.models import Model, QuerySet
from django.db.models.functions import Substr

from accounts.models import Connection, ConnectionDraft
from common.encryption import MARK, Sealed, UnreadableSecret, newest_prefix, opened, renewed, secret_fields_of

log = structlog.get_logger(__name__)

BATCH = 500  # rows read at once
_MISSED = (Connection, ConnectionDraft)  # sign-ins and sessions with a lost key are over by themselves


@dataclass
class Rotation:
    """`counts`: `rotated`, of these `bound` that were bound to no row before; `'changed_meanwhile'`; `unreadable`; and
    `left` under other keys, without the unreadable. `missed`: whose secrets have to be entered again."""

    counts: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)


def rotate() -> Rotation:
    """May run twice, at once with another, and again after it was stopped; a second run finds nothing to do."""
    rotation = _each(_rotate_one)
    rotation.counts["left"] = _each(_count_one).counts["left"]
    log.info("Secrets rotated", **rotation.counts)
    return rotation


def look() -> Rotation:
    """What `rotate` would do, counted; nothing is changed."""
    return _each(_count_one)


def _each(do: Any) -> Rotation:
    names = ("rotated", "bound", "changed_meanwhile", "unreadable", "left")
    rotation = Rotation(Counter(dict.fromkeys(names, 0)))
    for model in apps.get_models():
        for name in secret_fields_of(model):
            for row in _not_newest(model, name):
                do(rotation, row, name)
    return rotation


def _not_newest(model: type[Model], name: str) -> Iterator[Model]:
    """Rows whose secret is under another key or bound to no row, found without decrypting any."""
    prefix = newest_prefix()
    beginning = Substr(name, 1, len(prefix))
    found: QuerySet[Any] = model._base_manager.exclude(**{name: ""}).annotate(beginning=beginning)
    found = found.exclude(beginning=prefix).order_by("pk").only("account_id", name)
    batch = list(found[:BATCH])
    while batch:
        yield from batch
        batch = list(found.filter(pk__gt=batch[-1].pk)[:BATCH])


def _rotate_one(rotation: Rotation, row: Model, name: str) -> None:
    kept: Sealed = row.__dict__[name]
    fresh = renewed(row, name, kept)
    if fresh == kept:
        _note_unreadable(rotation, row, name)
        return
    unchanged = type(row)._base_manager.filter(pk=row.pk, **{name: kept})
    if not unchanged.update(**{name: fresh}):
        rotation.counts["changed_meanwhile"] += 1
        return
    rotation.counts["rotated"] += 1
    rotation.counts["bound"] += not kept.token.startswith(f"{MARK}.")


def _count_one(rotation: Rotation, row: Model, name: str) -> None:
    try:
        opened(row, name, row.__dict__[name])
    except UnreadableSecret:
        _note_unreadable(rotation, row, name)
    else:
        rotation.counts["left"] += 1


def _note_unreadable(rotation: Rotation, row: Model, name: str) -> None:
    rotation.counts["unreadable"] += 1
    if isinstance(row, _MISSED):
        rotation.missed.append(
            f"{name.replace('_', ' ')} of '{row}' ({row.account}: {row._meta.verbose_name} {row.pk})"
        )
