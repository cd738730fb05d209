"""The sweep: work that waits is done in turns, and a part that fails stops no other."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError
from django.utils import timezone

from accounts import attempts
from accounts.deprovisioning import cleanup
from accounts.models import SignedInSession, TaskAttempt, TaskRun
from accounts.work import sweep
from tests.support.cast import Cast
from tests.support.commands import run

pytestmark = pytest.mark.django_db


def broken(*_: object) -> dict[str, int]:
    raise RuntimeError


def waiting(monkeypatch: pytest.MonkeyPatch, ids: list[UUID], do: Callable[[UUID], bool]) -> None:
    """Replaces what waits by these ids, each of which waits until it is done."""
    left = dict.fromkeys(ids)

    def done(key: UUID) -> bool:
        if do(key):
            del left[key]
            return True
        return False

    monkeypatch.setattr(sweep, "WAITING", {"done": (lambda: list(left), done)})


def test_it_counts_what_it_did(cast: Cast) -> None:
    counts = run("sweep")
    audit = counts.pop("audit_entries_sealed")
    assert audit > 0
    assert counts == {
        "departures_finished": 0, "groups_synced": 0, "people_expired": 0, "people_erased": 0, "sign_ins_removed": 0,
        "messages_removed": 0, "sessions_removed": 0, "sessions_closed": 0, "short_tokens_removed": 0,
        "logins_removed": 0, "login_messages_removed": 0, "provisioning_lines_removed": 0, "attempts_forgotten": 0,
        "unrecorded_refusals_removed": 0,
        "alerts_mailed": 0,
        "parked": [], "failed": [],
    }  # fmt: skip


def test_a_part_that_fails_stops_no_other_and_is_named(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sweep.PARTS, "sign_ins", broken)
    swept = sweep.sweep()
    assert (swept.failed, "sessions_closed" in swept.counts) == (["sign_ins"], True)
    with pytest.raises(CommandError, match="sign_ins"):
        run("sweep")
    assert TaskRun.objects.get(name="sweep").failed == ["sign_ins"]


def test_one_piece_of_work_that_fails_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [uuid4() for _ in range(5)]
    waiting(monkeypatch, ids, lambda key: bool(broken()) if key == ids[0] else True)
    swept = sweep.sweep()
    assert (swept.counts["done"], swept.failed) == (4, ["done"])


def test_thousands_that_wait_are_done_in_one_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting(monkeypatch, [uuid4() for _ in range(2_000)], lambda _: True)
    assert sweep.sweep().counts["done"] == 2_000


def test_who_left_last_does_not_wait_for_all_before(monkeypatch: pytest.MonkeyPatch) -> None:
    ids, order = [uuid4() for _ in range(2_000)], []
    waiting(monkeypatch, ids, lambda key: order.append(key) is None)
    sweep.sweep()
    assert order[:4] == [ids[0], ids[-1], ids[1], ids[-2]]


def test_a_worker_stops_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting(monkeypatch, [uuid4() for _ in range(2_000)], lambda _: True)
    assert sweep.sweep(seconds=0).counts["done"] == 0


def test_somebody_whose_clean_up_fails_is_parked_named_and_tried_again_on_request(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    type(cast.bob).objects.filter(pk=cast.bob.pk).update(state="deprovisioned", clean_up_due_since=timezone.now())
    with monkeypatch.context() as patched:
        patched.setattr(cleanup, "finish", broken)
        for _ in range(attempts.MOST_ATTEMPTS):
            sweep.sweep()
    assert sweep.sweep().counts["departures_finished"] == 0
    assert run("sweep")["parked"] == [f"finish_deprovisioning {cast.bob.pk}: RuntimeError"]
    again = run("sweep", "--retry-parked")
    assert (again["work_retried"], again["departures_finished"], again["parked"]) == (1, 1, [])
    assert not TaskAttempt.objects.exists()


def test_sessions_are_forgotten_thirty_days_after_their_end(cast: Cast) -> None:
    now = timezone.now()
    for digest, ended in (("old", now - timedelta(days=31)), ("new", now - timedelta(days=29))):
        own = {"account": cast.acme, "user": cast.bob, "key_digest": digest, "last_seen_at": ended}
        SignedInSession.objects.create(**own, ends_at=now, ended_at=ended)
    assert run("sweep")["sessions_removed"] == 1
    assert SignedInSession.objects.get().key_digest == "new"
