"""Changes of one user take turns at the row, and each is written together with its audit entry."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts import wake_up
from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import end_access
from accounts.models import Account, AuditEntry, User
from accounts.provisioning import provisioning
from accounts.provisioning.provisioning import UserRecord
from accounts.users.locking import locked, member_role_id
from tests.integration.test_races import at_once
from tests.integration.waiting import start_waiting
from tests.support import changing
from tests.support.cast import Cast
from tests.support.changing import erase

pytestmark = pytest.mark.django_db(transaction=True)
ANN = UserRecord("ann@acme.example", emails=("ann@acme.example",), display_name="As it was")


@pytest.fixture(autouse=True)
def _nobody_finishes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wake_up, "on_deprovisioned", lambda user_id: None)


@pytest.fixture
def ann(cast: Cast) -> User:
    return provisioning.provision(cast.acme, ANN, acting=OPERATOR)


def test_a_change_waits_for_the_one_before_and_starts_from_its_outcome(cast: Cast, ann: User) -> None:
    def rename() -> None:
        with locked(ann.pk, cast.acme) as user:
            provisioning.revise_locked(user, replace(ANN, display_name="New", timezone=user.timezone), acting=OPERATOR)

    with transaction.atomic():
        User.objects.filter(pk=ann.pk).update(timezone="Europe/Oslo")
        waiting = start_waiting(rename)
    waiting.result()
    ann.refresh_from_db()
    assert (ann.display_name, ann.timezone) == ("New", "Europe/Oslo")
    assert AuditEntry.objects.filter(object_id=ann.pk, action="user.updated").count() == 1


def test_two_erasures_at_once_count_the_user_out_once(cast: Cast, ann: User) -> None:
    before = Account.objects.get(pk=cast.acme.pk).user_count
    with transaction.atomic():
        erase(ann.pk, cast.acme, acting=OPERATOR)
        waiting = start_waiting(partial(erase, ann.pk, cast.acme, acting=OPERATOR))
    assert isinstance(waiting.exception(), User.DoesNotExist)
    assert Account.objects.get(pk=cast.acme.pk).user_count == before - 1
    assert AuditEntry.objects.filter(object_id=ann.pk, action="user.erased").count() == 1


def test_a_user_deprovisioned_meanwhile_is_not_revised_back_in(cast: Cast, ann: User) -> None:
    with transaction.atomic():
        end_access.deprovision(ann.pk, cast.acme, acting=OPERATOR)
        revise = partial(changing.revise, ann.pk, cast.acme, replace(ANN, display_name="New"), acting=OPERATOR)
        waiting = start_waiting(revise)
    assert waiting.result().state == "deprovisioned"
    ann.refresh_from_db()
    assert (ann.state, ann.display_name, ann.session_epoch) == ("deprovisioned", "New", 1)


def test_a_create_is_one_statement_of_its_own(cast: Cast) -> None:
    member_role_id(cast.acme.pk)
    with CaptureQueriesContext(connection) as made:
        provisioning.provision(cast.acme, ANN, acting=OPERATOR)
    assert [query["sql"].split()[0] for query in made] == ["WITH"]


@pytest.mark.parametrize(
    "change",
    [
        lambda cast, ann: changing.revise(ann.pk, cast.acme, replace(ANN, display_name="New"), acting=OPERATOR),
        lambda cast, ann: changing.revise(ann.pk, cast.acme, replace(ANN, active=False), acting=OPERATOR),
        lambda cast, ann: end_access.deprovision(ann.pk, cast.acme, acting=OPERATOR),
        lambda cast, ann: erase(ann.pk, cast.acme, acting=OPERATOR),
    ],
)
def test_a_change_is_written_with_its_audit_entry(cast: Cast, ann: User, change: Any) -> None:
    with CaptureQueriesContext(connection) as made:
        change(cast, ann)
    written = [query["sql"] for query in made if query["sql"].startswith(("WITH", "INSERT", "UPDATE", "SAVEPOINT"))]
    assert len(written) == 1
    assert "accounts_auditentry" in written[0]


def test_people_who_come_and_go_at_once_are_counted_right(cast: Cast) -> None:
    for turn in range(10):
        names = [f"p{turn}.{number}@acme.example" for number in range(8)]
        made = [provisioning.provision(cast.acme, UserRecord(name), acting=OPERATOR) for name in names[:4]]
        go = [partial(erase, user.pk, cast.acme, acting=OPERATOR) for user in made]
        records = [UserRecord(name) for name in names[4:]]
        come = [partial(provisioning.provision, cast.acme, record, acting=OPERATOR) for record in records]
        at_once(*go, *come)
        present = User.objects.in_account(cast.acme).filter(erased_at=None).count()
        assert Account.objects.get(pk=cast.acme.pk).user_count == present == 3 + 4 * (turn + 1)
