"""A worker killed with -9 in the middle of its work: the end is that of an undisturbed run, by a sweep or a new worker.

The fault is made in `dying_worker`. Points: done but not noted; noted but not committed; committed but the message not
acknowledged.
"""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from accounts import tasks, wake_up
from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import end_access
from accounts.models import Connection, ExternalIdentity, TaskAttempt, User
from tests.faults.colleagues import colleague
from tests.faults.state import state_of
from tests.integration.sending import send
from tests.support import processes

pytestmark = pytest.mark.django_db(transaction=True)
APP = "tests.faults.dying_worker"


@pytest.fixture
def dana(okta: Connection, monkeypatch: pytest.MonkeyPatch) -> User:
    """Deprovisioned, and no task was sent. Eve, with the same history, is cleaned up undisturbed."""
    dana, eve = colleague(okta, "dana"), colleague(okta, "eve")
    monkeypatch.setattr(wake_up, "on_deprovisioned", lambda _id: None)
    for user in (dana, eve):
        end_access.deprovision(user.pk, okta.account, acting=OPERATOR)
    tasks.finish_deprovisioning(str(eve.pk))
    return dana


@pytest.fixture
def fay(okta: Connection, monkeypatch: pytest.MonkeyPatch) -> User:
    """Came again with one group less and one more, not synced. Gil, with the same history, is done undisturbed."""
    fay, gil = colleague(okta, "fay"), colleague(okta, "gil")
    colleague(okta, "other", groups=("New",))
    for user in (fay, gil):
        user.identities.update(group_ids=["Dev", "New"], login_sequence=2)
    tasks.sync_groups_after_login(str(gil.identities.get().pk))
    return fay


def dies(point: str, task: str, key: object, environment: dict[str, str], folder: Path, **more: str) -> None:
    """A worker takes the task and is gone at this point. It is sent to a worker that is ready: who waits for that must
    not find it dead already."""
    with processes.worker_process(folder, {**environment, "DIES_AT": point, **more}, APP, pool="solo") as worker:
        send(f"accounts.tasks.{task}", environment["REDIS_URL"], str(key))
        assert worker.wait(30) == -signal.SIGKILL


CLEANUP = "accounts.deprovisioning.cleanup"
SYNC = "accounts.groups.sync"


@pytest.mark.parametrize("point", ["_note:before", "finish_locked:after", "finish:after"])
def test_clean_up_is_finished_by_one_sweep(
    dana: User, product_environment: dict[str, str], tmp_path: Path, point: str
) -> None:
    dies(f"{CLEANUP}:{point}", "finish_deprovisioning", dana.pk, product_environment, tmp_path)
    committed = point == "finish:after"
    assert User.objects.filter(pk=dana.pk, clean_up_due_since=None).exists() == committed
    call_command("sweep")
    tasks.finish_deprovisioning(str(dana.pk))  # the message, which Redis hands out again in the end
    assert state_of(dana) == state_of(User.objects.get(email="eve@acme.example"))


@pytest.mark.parametrize("point", ["_write:before", "_write:after", "sync_idp_groups:after"])
def test_groups_are_synced_by_one_sweep(
    fay: User, product_environment: dict[str, str], tmp_path: Path, point: str
) -> None:
    key = fay.identities.get().pk
    dies(f"{SYNC}:{point}", "sync_groups_after_login", key, product_environment, tmp_path)
    assert ExternalIdentity.objects.filter(pk=key, synced_sequence=2).exists() == (point == "sync_idp_groups:after")
    call_command("sweep")
    tasks.sync_groups_after_login(str(key))  # the message, which Redis hands out again in the end
    assert state_of(fay) == state_of(User.objects.get(email="gil@acme.example"))


@pytest.fixture
def pool_of_one(product_environment: dict[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker whose child is killed in the first try; the parent stays."""
    fault = {"DIES_AT": f"{CLEANUP}:_note:before", "DIES_ONCE": str(tmp_path / "died")}
    with processes.worker_process(tmp_path, {**product_environment, **fault}, APP) as worker:
        yield worker


def test_a_task_whose_child_process_was_killed_is_done_by_the_next(
    dana: User, broker_url: str, pool_of_one: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    send("accounts.tasks.finish_deprovisioning", broker_url, str(dana.pk))
    processes.wait_until(User.objects.filter(pk=dana.pk, clean_up_due_since=None).exists, "the clean-up")
    processes.wait_until(lambda: not TaskAttempt.objects.exists(), "the count of tries to be cleared")
    assert (tmp_path / "died").exists()
    assert state_of(dana) == state_of(User.objects.get(email="eve@acme.example"))
