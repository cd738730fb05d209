"""A login record, arranged for its page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from accounts.models import AuditEntry, Group, LoginRecord
from accounts.sso.refusals.catalogue import place
from accounts.sso.refusals.row import Part, who_acts
from accounts.sso.trace import Mark
from common.folding import identifier_key

# Symbol of each mark, and a word for users who cannot see it.
SYMBOLS = {"passed": ("✓", "passed"), "noted": ("!", "worth a look"), "failed": ("✗", "failed")}


@dataclass(frozen=True)
class Chapter:
    """`lines`: the steps, with `symbol` and `word`."""

    title: str
    mark: str
    lines: list[dict[str, str]]


@dataclass(frozen=True)
class Verdict:
    """Why it was refused: who needs to act, what to do, and where in that vendor's console."""

    code: str
    expected: str
    received: str
    who_acts: str
    next_step: str
    place: str


@dataclass(frozen=True)
class Groups:
    """`unknown`: received and mapped to no group here. `joined` and `left`: by the sync after this login."""

    mapped: tuple[Group, ...]
    unknown: tuple[str, ...]
    joined: tuple[str, ...]
    left: tuple[str, ...]
    is_waiting: bool


def chapters(steps: Sequence[dict[str, str]]) -> list[Chapter]:
    return [_chapter(title, own) for title, own in groupby(steps, key=lambda step: step.get("part", ""))]


def verdict(steps: Iterable[dict[str, str]], vendor: str, protocol: str) -> Verdict | None:
    for step in steps:
        if step.get("mark") == "failed":
            code, side = step.get("code", ""), step.get("side", "")
            texts = {name: step.get(name, "") for name in ("expected", "received", "next_step")}
            return Verdict(code=code, who_acts=who_acts(side), place=place(code, vendor, protocol), **texts)
    return None


def is_verified(steps: Iterable[dict[str, str]]) -> bool:
    """Whether the message is known to come from the identity provider: every signature that was looked at held."""
    marks = {step.get("mark") for step in steps if step.get("part") == Part.SIGNATURE}
    return marks == {Mark.PASSED}


def groups_of(record: LoginRecord) -> Groups | None:
    """The group result; None when the IdP sent no groups. Three queries."""
    if record.group_ids is None:
        return None
    by_key = {identifier_key(str(value)): str(value) for value in record.group_ids}
    mapped = Group.objects.in_account(record.account_id).filter(idp_identifier_key__in=by_key).order_by("name")
    found = tuple(mapped[:200])
    known = {group.idp_identifier_key for group in found}
    changes = _sync_after(record)
    return Groups(
        mapped=found,
        unknown=tuple(value for key, value in by_key.items() if key not in known)[:200],
        joined=tuple(changes.get("joined", ())),
        left=tuple(changes.get("left", ())),
        is_waiting=record.identity is not None and record.identity.synced_sequence < (record.login_sequence or 0),
    )


def _sync_after(record: LoginRecord) -> dict[str, Any]:
    """What the group sync of this login wrote into the audit log: the first entry before the user's next login."""
    if record.user is None:
        return {}
    synced = AuditEntry.objects.in_account(record.account_id).filter(
        object_id=record.user.pk, action="user.groups-synced", at__gte=record.at
    )
    entry = synced.order_by("at").first()
    later = LoginRecord.objects.in_account(record.account_id).filter(user=record.user, at__gt=record.at)
    following = later.order_by("at").values_list("at", flat=True).first()
    if entry is None or (following is not None and entry.at >= following):
        return {}
    return dict(entry.changes)


def _chapter(title: str, steps: Iterable[dict[str, str]]) -> Chapter:
    lines = []
    for step in steps:
        mark = step.get("mark", "passed")
        symbol, word = SYMBOLS.get(mark, ("!", mark))
        lines.append({**step, "mark": mark, "symbol": symbol, "word": word})
    marks = {line["mark"] for line in lines}
    return Chapter(title, next((mark for mark in ("failed", "noted") if mark in marks), "passed"), lines)
