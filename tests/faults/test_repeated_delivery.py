"""Messages come late, in any order and several times: the end state is that of each once, in order."""

from itertools import permutations

import pytest
from django.core.management import call_command

from accounts import tasks, wake_up
from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import end_access
from accounts.models import AuditEntry, Connection, GroupMembership, TaskAttempt, User
from accounts.sso.login.complete import complete_login
from tests.faults.colleagues import colleague
from tests.faults.state import state_of
from tests.integration.test_races import at_once
from tests.support.cast import Cast
from tests.support.factories import claims, mapped_group

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 5


@pytest.fixture
def dana(okta: Connection, monkeypatch: pytest.MonkeyPatch) -> User:
    """Deprovisioned, and no task was sent; Eve beside her is cleaned up once."""
    dana, eve = colleague(okta, "dana"), colleague(okta, "eve")
    monkeypatch.setattr(wake_up, "on_deprovisioned", lambda _id: None)
    for user in (dana, eve):
        end_access.deprovision(user.pk, okta.account, acting=OPERATOR)
    tasks.finish_deprovisioning(str(eve.pk))
    return dana


def test_clean_up_delivered_five_times_at_once_is_done_once(dana: User) -> None:
    at_once(*[lambda: tasks.finish_deprovisioning(str(dana.pk))] * TIMES)
    assert AuditEntry.objects.filter(object_id=dana.pk, action="user.clean-up-finished").count() == 1
    assert state_of(dana) == state_of(User.objects.get(email="eve@acme.example"))


def test_sweeps_and_messages_at_once_clean_up_once(dana: User) -> None:
    deliveries = [lambda: tasks.finish_deprovisioning(str(dana.pk))] * 3
    at_once(*deliveries, *[lambda: call_command("sweep", verbosity=0)] * 2)
    assert AuditEntry.objects.filter(object_id=dana.pk, action="user.clean-up-finished").count() == 1
    assert state_of(dana) == state_of(User.objects.get(email="eve@acme.example"))


def test_a_group_sync_delivered_five_times_at_once_is_one_change(okta: Connection) -> None:
    fay, gil = colleague(okta, "fay"), colleague(okta, "gil")
    for user in (fay, gil):
        user.identities.update(group_ids=["Dev"], login_sequence=2)
    tasks.sync_groups_after_login(str(gil.identities.get().pk))
    key = str(fay.identities.get().pk)
    at_once(*[lambda: tasks.sync_groups_after_login(key)] * TIMES)
    assert state_of(fay) == state_of(gil)


LOGINS = (("Ops", "Dev"), ("Dev",), ("Dev", "New"))


@pytest.mark.parametrize("order", list(permutations(range(len(LOGINS)))))
def test_three_logins_end_in_the_groups_of_the_last_in_whatever_order_their_tasks_run(
    cast: Cast, okta: Connection, order: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Ops", "Dev", "New"):
        mapped_group(cast.acme, name, name)
    woken: list[str] = []
    monkeypatch.setattr(tasks, "wake_group_sync", lambda key: woken.append(str(key)))
    for groups in LOGINS:
        complete_login(claims(okta, group_ids=groups), okta)
    for number in order:
        tasks.sync_groups_after_login(woken[number])
    names = GroupMembership.objects.filter(user__email="dana@acme.example").values_list("group__name", flat=True)
    assert sorted(names) == ["Dev", "New"]
    assert AuditEntry.objects.filter(action="user.groups-synced").count() == 1
    assert not TaskAttempt.objects.exists()
