"""The audit chain: each way to tamper with the log past its triggers breaks a link."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from structlog.testing import capture_logs

from accounts.audit import audit
from accounts.audit import chain as audit_chain
from accounts.audit import links as audit_links
from accounts.audit.audit import OPERATOR
from accounts.models import Account, AuditEntry, AuditHead, AuditSeal, UnsealedEntry
from accounts.work import task_runs
from tests.support.audit_guards import guards_off
from tests.support.cast import Cast
from tests.support.chains import verify

pytestmark = pytest.mark.django_db
LONG = 12  # entries of the chain


@pytest.fixture
def acme(cast: Cast) -> Iterator[Account]:
    """Acme with a sealed chain. What a test breaks is rolled back before SQLite looks at foreign keys."""
    with transaction.atomic():
        while AuditEntry.objects.in_account(cast.acme).count() < LONG:
            audit.record(OPERATOR, "user.tested", cast.bob)
        audit_chain.seal()
        yield cast.acme
        transaction.set_rollback(True)


def seals(account: Account, *positions: int) -> "QuerySet[AuditSeal]":
    found = AuditSeal.objects.in_account(account)
    return found.filter(position__in=positions) if positions else found


def entry_at(account: Account, position: int) -> UUID:
    return seals(account, position).values_list("entry_id", flat=True).get()


def entries(account: Account, *positions: int) -> "QuerySet[AuditEntry]":
    ids = [entry_at(account, position) for position in positions]
    return AuditEntry.objects.in_account(account).filter(id__in=ids)


def found(account: Account) -> list[tuple[str, int | None]]:
    return [(finding.kind, finding.position) for finding in verify(account)]


def test_an_untouched_log_is_whole(acme: Account) -> None:
    assert verify() == []
    assert seals(acme).count() == AuditEntry.objects.in_account(acme).count() >= LONG


def test_entries_are_sealed_oldest_first_and_only_once(acme: Account) -> None:
    times = list(seals(acme).order_by("position").values_list("entry__at", flat=True))
    assert times == sorted(times)
    assert audit_chain.seal() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("actor", "Mallory"),
        ("actor_id", UUID(int=1)),
        ("action", "user.forged"),
        ("object_type", "group"),
        ("object_id", UUID(int=1)),
        ("object_label", "mallory@acme.example"),
        ("changes", {"state": ["active", "pending"]}),
        ("request_id", "r1"),
        ("ip_address", "192.0.2.1"),
        ("at", datetime(2020, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_changed_column_of_an_entry_is_found(acme: Account, field: str, value: object) -> None:
    with guards_off():
        entries(acme, 5).update(**{field: value})
    assert found(acme) == [("entry-changed", 5)]


def test_a_digest_covers_every_column() -> None:
    assert set(audit_links.COLUMNS) == {field.attname for field in AuditEntry._meta.concrete_fields}


def test_a_changed_entry_is_named(acme: Account) -> None:
    with guards_off():
        entries(acme, LONG).update(object_label="mallory@acme.example")
    [finding] = verify(acme)
    assert "position 12" in finding.sentence
    assert "user.tested 'mallory@acme.example' of 20" in finding.sentence
    assert finding.entry == str(entry_at(acme, LONG))


BROKEN: dict[str, tuple[Callable[[Account], object], list[tuple[str, int | None]]]] = {
    "an entry is removed": (lambda a: entries(a, 4)._raw_delete("default"), [("entry-removed", 4)]),
    "an entry is removed with its seal": (
        lambda a: [entries(a, 4)._raw_delete("default"), seals(a, 4)._raw_delete("default")],
        [("seal-removed", 4)],
    ),
    "a seal is removed": (
        lambda a: seals(a, 3)._raw_delete("default"),
        [("seal-removed", 3), ("entry-unsealed", None)],
    ),
    "the first seal is removed": (
        lambda a: seals(a, 1)._raw_delete("default"),
        [("seal-removed", 1), ("entry-unsealed", None)],
    ),
    "the last seal is removed": (
        lambda a: seals(a, LONG)._raw_delete("default"),
        [("entry-unsealed", None), ("tail-cut-off", LONG)],
    ),
    "the last seal is renumbered": (
        lambda a: seals(a, LONG).update(position=40),
        [("seal-renumbered", LONG), ("head-differs", LONG)],
    ),
    "the first seal is renumbered": (lambda a: seals(a, 1).update(position=0), [("seal-renumbered", 1)]),
    "a seal is put before the first": (
        lambda a: seals(a, 6).update(position=0),
        [("seal-renumbered", 0), ("seal-removed", 6)],
    ),
    "the digest of a seal is changed": (lambda a: seals(a, 7).update(digest="0" * 64), [("seal-changed", 7)]),
    "two entries in a row are changed": (
        lambda a: entries(a, 8, 9).update(actor="Mallory"),
        [("entry-changed", 8), ("entry-changed", 9)],
    ),
    "an entry that has no seal yet is put in": (lambda a: unsealed(a), [("entry-unsealed", None)]),
}


def unsealed(account: Account, **values: object) -> AuditEntry:
    own = {"actor": "Bob", "action": "user.tested", "object_type": "user", "object_id": UUID(int=1)}
    return AuditEntry.objects.create(account=account, object_label="x", **{**own, **values})


@pytest.mark.parametrize("name", BROKEN)
def test_it_is_found_when(acme: Account, name: str) -> None:
    tamper, expected = BROKEN[name]
    with guards_off():
        tamper(acme)
    assert found(acme) == expected


def test_all_seals_moved_by_one_are_found(acme: Account) -> None:
    with guards_off():
        for position in range(LONG, 0, -1):
            seals(acme, position).update(position=F("position") + 1)
    assert found(acme) == [("seal-renumbered", 1), ("head-differs", LONG)]


def test_an_entry_removed_before_its_seal_is_found(acme: Account) -> None:
    late = unsealed(acme)
    with guards_off():
        AuditEntry.objects.filter(id=late.id)._raw_delete("default")
    assert [finding.entry for finding in verify(acme)] == [str(late.id)]


@pytest.mark.parametrize("sealed_again", [False, True])
def test_an_entry_with_a_made_up_time_is_found(acme: Account, sealed_again: bool) -> None:
    entry = unsealed(acme)
    long_ago = timezone.now() - timedelta(hours=2)
    with guards_off():
        AuditEntry.objects.filter(id=entry.id).update(at=long_ago)
    UnsealedEntry.objects.filter(id=entry.id).update(at=long_ago)
    if sealed_again:
        assert audit_chain.seal() == 1
    [finding] = verify(acme)
    assert (finding.kind, finding.entry) == ("entry-late", str(entry.id))


def test_an_entry_that_was_committed_a_little_late_is_sealed_and_is_no_finding(acme: Account) -> None:
    entry = unsealed(acme)
    with guards_off():
        AuditEntry.objects.filter(id=entry.id).update(at=timezone.now() - timedelta(minutes=50))
    assert audit_chain.seal() == 1
    assert verify(acme) == []


def test_a_sweep_that_stood_still_for_a_day_is_no_finding(acme: Account) -> None:
    first, second = unsealed(acme), unsealed(acme)
    with guards_off():
        for hours, entry in ((30, first), (3, second)):
            AuditEntry.objects.filter(id=entry.id).update(at=timezone.now() + timedelta(hours=hours))
            UnsealedEntry.objects.filter(id=entry.id).update(at=timezone.now() + timedelta(hours=hours))
    audit_chain.seal()
    assert verify(acme) == []


def cut_off(account: Account, positions: int) -> None:
    """The newest of the chain, entries and seals, past the triggers."""
    with guards_off():
        for position in range(LONG, LONG - positions, -1):
            entries(account, position)._raw_delete("default")
            seals(account, position)._raw_delete("default")


def make_anew(account: Account) -> None:
    with guards_off():
        entries(account, 2).update(actor="Mallory")
        seals(account)._raw_delete("default")
    ids = AuditEntry.objects.in_account(account).values_list("id", "at")
    UnsealedEntry.objects.bulk_create(UnsealedEntry(id=id_, account=account, at=at) for id_, at in ids)
    audit_chain.seal()


PAST_EVERY_LINK: dict[str, tuple[Callable[[Account], object], str]] = {
    "its tail is cut off": (lambda a: cut_off(a, 2), "tail-cut-off"),
    "it is emptied": (lambda a: cut_off(a, LONG), "log-emptied"),
    "it is made anew": (make_anew, "head-differs"),
}


@pytest.mark.parametrize("name", PAST_EVERY_LINK)
def test_the_kept_head_shows_when(acme: Account, name: str) -> None:
    tamper, kind = PAST_EVERY_LINK[name]
    tamper(acme)
    assert found(acme) == [(kind, LONG)]


@pytest.mark.parametrize("name", PAST_EVERY_LINK)
def test_a_head_kept_elsewhere_shows_also_without_the_one_in_the_database_when(acme: Account, name: str) -> None:
    tamper, kind = PAST_EVERY_LINK[name]
    head = audit_chain.newest_seal(acme.id)
    tamper(acme)
    AuditHead.objects.in_account(acme).delete()
    assert found(acme) == []
    assert [finding.kind for finding in audit_chain.check(acme, head).findings] == [kind]


def test_the_kept_head_moves_with_the_chain(acme: Account) -> None:
    unsealed(acme)
    audit_chain.seal()
    assert audit_chain.kept_head(acme) == audit_chain.newest_seal(acme.id)
    assert AuditHead.objects.in_account(acme).get().position == LONG + 1


def test_the_kept_head_of_a_chain_that_was_emptied_stays_when_it_grows_longer_than_before(acme: Account) -> None:
    cut_off(acme, LONG)
    for _ in range(LONG + 3):
        unsealed(acme)
    audit_chain.seal()
    assert found(acme) == [("head-differs", LONG)]


def test_a_chain_that_grows_while_it_is_checked_is_whole(acme: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    head = audit_chain.kept_head

    def then_grow(account: Account) -> audit_chain.Head | None:
        found = head(account)
        unsealed(account)
        audit_chain.seal()
        return found

    monkeypatch.setattr(audit_chain, "kept_head", then_grow)
    assert found(acme) == []


def test_the_page_says_that_an_emptied_log_is_not_whole(acme: Account) -> None:
    cut_off(acme, LONG)
    with task_runs.noting(audit_chain.CHECK) as failed:
        failed.append(acme.slug)
    Account.objects.filter(pk=acme.pk).update(created_at=timezone.now() - timedelta(days=1))
    acme.refresh_from_db()
    assert audit_chain.chain_state(acme).is_whole is False


def test_the_head_leaves_the_database_with_each_sealing(acme: Account) -> None:
    unsealed(acme)
    with capture_logs() as lines:
        audit_chain.seal()
    position, head = audit_chain.newest_seal(acme.id)
    [line] = [line for line in lines if line["event"] == "Audit log sealed"]
    assert (line["account"], line["position"], line["head"]) == (str(acme.id), position, head)


def test_another_account_has_a_chain_of_its_own(acme: Account, cast: Cast) -> None:
    with guards_off():
        entries(acme, 5).update(actor="Mallory")
    assert verify(cast.globex) == []
    assert seals(cast.globex, 1).exists()


def test_one_account_that_cannot_be_sealed_does_not_stop_the_others(
    acme: Account, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsealed(acme)
    other = unsealed(cast.globex)
    newest = audit_chain.newest_seal
    broken = (1, "")  # position 2 exists
    monkeypatch.setattr(audit_chain, "newest_seal", lambda id_: broken if id_ == acme.id else newest(id_))
    with pytest.raises(ExceptionGroup, match="could not be sealed"):
        audit_chain.seal()
    assert AuditSeal.objects.filter(entry=other).exists()


def test_large_logs_are_sealed_and_followed_in_parts(acme: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_chain, "AT_ONCE", 5)
    made = [unsealed(acme) for _ in range(13)]
    assert audit_chain.seal() == len(made)
    assert verify(acme) == []
    with guards_off():
        entries(acme, LONG + 10).update(actor="Mallory")
    assert found(acme) == [("entry-changed", LONG + 10)]


def test_removed_entries_do_not_keep_others_from_their_seal(acme: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_chain, "AT_ONCE", 2)
    gone = [unsealed(acme).id for _ in range(5)]
    last = unsealed(acme)
    with guards_off():
        AuditEntry.objects.filter(id__in=gone)._raw_delete("default")
    assert audit_chain.seal() == 1
    assert AuditSeal.objects.filter(entry=last).exists()


def test_what_is_sealed_and_on_the_list_again_is_not_sealed_twice(acme: Account) -> None:
    UnsealedEntry.objects.create(id=entry_at(acme, 4), account=acme, at=timezone.now())
    assert audit_chain.seal() == 0
    assert verify(acme) == []


@pytest.mark.parametrize("number", range(15))
def test_whatever_single_thing_is_tampered_with_it_is_found(acme: Account, number: int) -> None:
    chance = random.Random(number)  # noqa: S311  # the same each time
    position = chance.randint(1, LONG)
    change = chance.choice(
        [
            lambda: entries(acme, position).update(actor=chance.choice(["", "Mallory", "operator"])),
            lambda: entries(acme, position).update(at=F("at") + timedelta(microseconds=chance.choice([-1, 1]))),
            lambda: entries(acme, position)._raw_delete("default"),
            lambda: seals(acme, position).update(digest=f"{chance.getrandbits(256):064x}"),
            lambda: seals(acme, position).update(position=chance.randint(LONG + 1, 99)),
            lambda: seals(acme, position)._raw_delete("default"),
        ]
    )
    with guards_off():
        change()
    assert verify(acme) != []
    assert verify()[0].account == "acme"


def test_a_position_cannot_be_taken_twice(acme: Account) -> None:
    entry = unsealed(acme)
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditSeal.objects.create(account=acme, position=3, entry=entry, digest="0" * 64)
    assert connection.in_atomic_block
