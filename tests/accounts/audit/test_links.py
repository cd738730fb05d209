"""The links of a hash chain: plain values in, findings out."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from accounts.audit.links import COLUMNS, NOTHING_BEFORE, Finding, Row, Seal, Walk, canonical, digest

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def entry(number: int, **values: object) -> Row:
    own = {"id": UUID(int=number), "at": NOON + timedelta(minutes=number), "action": "user.created", "changes": {}}
    return {**dict.fromkeys(COLUMNS, ""), **own, "object_label": f"user{number}", **values}


def chain(length: int = 4) -> list[tuple[Seal, Row | None]]:
    sealed: list[tuple[Seal, Row | None]] = []
    before = NOTHING_BEFORE
    for number in range(1, length + 1):
        row = entry(number)
        before = digest(before, row)
        sealed.append((Seal(number, before, row["id"], row["at"]), row))
    return sealed


def findings(sealed: list[tuple[Seal, Row | None]]) -> list[Finding]:
    walk = Walk("acme")
    found = [finding for seal, row in sealed for finding in walk.step(seal, row)]
    return [*found, *walk.end()]


def test_a_whole_chain_has_no_finding() -> None:
    assert findings(chain()) == []


def test_a_changed_entry_is_distinguished_from_a_changed_seal() -> None:
    changed = chain()
    changed[1] = (changed[1][0], entry(2, object_label="mallory"))
    assert [(one.kind, one.position) for one in findings(changed)] == [("entry-changed", 2)]
    resealed = chain()
    resealed[1] = (Seal(2, "0" * 64, UUID(int=2), NOON), resealed[1][1])
    assert [(one.kind, one.position) for one in findings(resealed)] == [("seal-changed", 2)]


def test_a_removed_entry_and_a_removed_seal_are_found() -> None:
    without_entry = chain()
    without_entry[2] = (without_entry[2][0], None)
    assert [(one.kind, one.position) for one in findings(without_entry)] == [("entry-removed", 3)]
    without_seal = chain()
    del without_seal[1]
    assert findings(without_seal)[0].kind == "seal-removed"


def test_the_digest_is_of_the_same_text_on_every_database() -> None:
    row = entry(1, at=NOON.astimezone(), changes={"b": 1, "a": "ü"})
    assert canonical(row) == canonical({**row, "at": NOON, "changes": {"a": "ü", "b": 1}})
    assert canonical(row).isascii()
