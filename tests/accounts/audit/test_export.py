"""The audit log as a file: all of the account's, nothing of another's, nothing a spreadsheet would carry out."""

import csv
import hashlib
import json
from datetime import timedelta
from io import StringIO

import pytest
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.audit import audit
from accounts.audit import chain as audit_chain
from accounts.audit import export as audit_export
from accounts.audit.audit import OPERATOR
from accounts.errors import ActionRefused
from accounts.models import AuditEntry
from tests.support.audit_guards import guards_off
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def lines(cast: Cast, **options: object) -> list[dict[str, object]]:
    text = "".join(audit_export.export(cast.acme, "jsonl", acting=OPERATOR, **options))
    return [json.loads(line) for line in text.splitlines()]


def table(cast: Cast) -> list[dict[str, str]]:
    text = "".join(audit_export.export(cast.acme, "csv", acting=OPERATOR))
    return list(csv.DictReader(StringIO(text, newline="")))


def test_both_formats_hold_every_entry_oldest_first(cast: Cast) -> None:
    ids = [
        str(id_) for id_ in AuditEntry.objects.in_account(cast.acme).order_by("at", "id").values_list("id", flat=True)
    ]
    assert [line["id"] for line in lines(cast)] == ids
    assert [row["id"] for row in table(cast)][: len(ids)] == ids


def test_nothing_of_another_account_is_in_it(cast: Cast) -> None:
    text = "".join(audit_export.export(cast.acme, "csv", acting=OPERATOR))
    assert "bob@acme.example" in text
    assert "charlie" not in text
    assert str(cast.globex.id) not in text


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"])
def test_a_cell_is_no_formula(cast: Cast, start: str) -> None:
    audit.record(OPERATOR, "user.tested", cast.bob, label=start)
    assert table(cast)[-1]["object_label"] == f"'{start}"


def test_json_keeps_what_csv_disarms(cast: Cast) -> None:
    audit.record(OPERATOR, "user.tested", cast.bob, {"name": ["a\nb", "=1"]}, label="=1")
    last = lines(cast)[-1]
    assert (last["object_label"], last["changes"]) == ("=1", {"name": ["a\nb", "=1"]})


def test_a_text_of_several_lines_stays_one_cell(cast: Cast) -> None:
    audit.record(OPERATOR, "user.tested", cast.bob, label='one,\n"two"')
    assert table(cast)[-1]["object_label"] == 'one,\n"two"'


def test_a_time_is_from_and_before(cast: Cast) -> None:
    times = list(AuditEntry.objects.in_account(cast.acme).order_by("at").values_list("at", flat=True))
    received = lines(cast, since=times[2], until=times[5])
    assert [line["at"] for line in received] == [at.isoformat(timespec="microseconds") for at in times[2:5]]


def test_the_export_is_an_entry_itself(cast: Cast) -> None:
    audit_export.export(cast.acme, "csv", acting=audit.person(cast.alice, "192.0.2.1"))
    entry = AuditEntry.objects.in_account(cast.acme).get(action="audit.exported")
    assert (entry.actor, entry.ip_address, entry.object_label) == ("alice@acme.example", "192.0.2.1", "Acme")
    assert entry.changes["format"] == [None, "csv"]


def test_who_has_the_file_can_follow_the_chain_without_us(cast: Cast) -> None:
    audit_chain.seal()
    head = ""
    for line in lines(cast):
        entry = {name: line[name] for name in line if name not in ("position", "digest")}
        text = json.dumps(entry, sort_keys=True, separators=(",", ":"))
        head = hashlib.sha256(f"{head}\n{text}".encode()).hexdigest()
        assert line["digest"] == head


@pytest.mark.parametrize("size", [1, 3, 1_000])
def test_parts_of_any_size_give_the_same(cast: Cast, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    at = timezone.now() - timedelta(seconds=1)
    with guards_off():  # entries of one microsecond
        AuditEntry.objects.in_account(cast.acme).update(at=at)
    monkeypatch.setattr(audit_export, "AT_ONCE", size)
    received = [line["id"] for line in lines(cast)]
    assert len(set(received)) == len(received) == AuditEntry.objects.in_account(cast.acme).filter(at=at).count()


def test_a_thousand_entries_take_one_query(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: CaptureQueriesContext
) -> None:
    monkeypatch.setattr(audit_export, "AT_ONCE", 2)
    text = audit_export.export(cast.acme, "csv", acting=OPERATOR)
    parts = (AuditEntry.objects.in_account(cast.acme).count() - 1) // 2 + 1  # a full part may be the last one
    assert parts > 2
    with django_assert_num_queries(parts):
        list(text)


def test_nothing_is_read_before_it_is_asked_for(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_export, "AT_ONCE", 2)
    pieces = audit_export.export(cast.acme, "jsonl", acting=OPERATOR)
    assert next(pieces).count("\n") == 2


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", ""])
def test_a_time_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ActionRefused, match="Expected a time"):
        audit_export.time_of(text)


def test_a_time_without_a_zone_is_utc() -> None:
    assert audit_export.time_of("2026-11-23") == audit_export.time_of("2026-11-23T00:00:00Z")


def test_an_empty_stretch_is_refused(cast: Cast) -> None:
    now = timezone.now()
    with pytest.raises(ActionRefused, match="Expected a time before"):
        audit_export.export(cast.acme, "csv", since=now, until=now, acting=OPERATOR)
