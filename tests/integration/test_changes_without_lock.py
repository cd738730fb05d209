"""A person is changed as they were read, without a lock; whom somebody else changed meanwhile is read again, locked."""

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import wake_up
from accounts.audit.audit import OPERATOR
from accounts.models import Account, AuditEntry, User
from accounts.provisioning import provisioning
from accounts.provisioning.user_record import UserRecord
from accounts.users.locking import changed
from tests.integration.test_races import at_once
from tests.integration.waiting import elsewhere
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
ANN = UserRecord("ann@acme.example", emails=("ann@acme.example",), display_name="As it was")


@pytest.fixture(autouse=True)
def _nobody_finishes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wake_up, "on_deprovisioned", lambda user_id: None)


@pytest.fixture
def ann(cast: Cast) -> User:
    return provisioning.provision(cast.acme, ANN, acting=OPERATOR)


@dataclass
class Overtaken:
    """Somebody else gives the person a time zone just after they were read for the first time."""

    seen: list[bool] = field(default_factory=list)  # whether the row was locked, each time it was read

    def __call__(self, user: User) -> None:
        self.seen.append(not user.stamp)
        if len(self.seen) == 1:
            elsewhere(lambda: User.objects.filter(pk=user.pk).update(timezone="Europe/Oslo"))


def test_a_revision_that_was_overtaken_is_made_on_what_is_there_now(cast: Cast, ann: User) -> None:
    overtaken = Overtaken()

    def change(user: User) -> User:
        overtaken(user)
        record = replace(ANN, display_name="New", timezone=user.timezone)
        return provisioning.revise_read(user, record, acting=OPERATOR)

    changed(ann.pk, cast.acme, change)
    ann.refresh_from_db()
    assert (ann.display_name, ann.timezone, overtaken.seen) == ("New", "Europe/Oslo", [False, True])
    assert AuditEntry.objects.filter(object_id=ann.pk, action="user.updated").count() == 1


def test_an_erasure_that_was_overtaken_counts_the_person_out_once(cast: Cast, ann: User) -> None:
    overtaken, before = Overtaken(), Account.objects.get(pk=cast.acme.pk).user_count
    provisioning.erase(ann.pk, cast.acme, acting=OPERATOR, check=overtaken)
    assert overtaken.seen == [False, True]
    assert Account.objects.get(pk=cast.acme.pk).user_count == before - 1
    assert AuditEntry.objects.filter(object_id=ann.pk, action="user.erased").count() == 1


def test_who_was_let_go_meanwhile_is_not_revised_back_in(cast: Cast, ann: User) -> None:
    def change(user: User) -> User:
        if user.stamp:
            elsewhere(partial(provisioning.deprovision, user.pk, cast.acme, acting=OPERATOR))
        return provisioning.revise_read(user, replace(ANN, display_name="New"), acting=OPERATOR)

    assert changed(ann.pk, cast.acme, change).state == "deprovisioned"
    ann.refresh_from_db()
    assert (ann.state, ann.display_name, ann.session_epoch) == ("deprovisioned", "New", 1)


def test_where_departures_may_be_held_everybody_is_locked(cast: Cast, ann: User) -> None:
    cast.acme.hold_mass_departures = True
    assert changed(ann.pk, cast.acme, lambda user: user.stamp) == ""


@pytest.mark.parametrize(
    "change",
    [
        lambda cast, _: provisioning.provision(cast.acme, replace(ANN, user_name="eve@x", emails=()), acting=OPERATOR),
        lambda cast, ann: provisioning.revise(ann.pk, cast.acme, replace(ANN, display_name="New"), acting=OPERATOR),
        lambda cast, ann: provisioning.revise(ann.pk, cast.acme, replace(ANN, active=False), acting=OPERATOR),
        lambda cast, ann: provisioning.erase(ann.pk, cast.acme, acting=OPERATOR),
    ],
)
def test_a_change_is_one_statement_after_what_it_reads(cast: Cast, ann: User, change: Any) -> None:
    with CaptureQueriesContext(connection) as made:
        change(cast, ann)
    assert [query["sql"].split()[0] for query in made if "accounts_auditentry" in query["sql"]] == ["WITH"]
    assert not [query["sql"] for query in made if query["sql"].startswith(("BEGIN", "INSERT", "UPDATE", "SAVEPOINT"))]


def test_people_who_come_and_go_at_once_are_counted_right(cast: Cast) -> None:
    for turn in range(10):
        names = [f"p{turn}.{number}@acme.example" for number in range(8)]
        made = [provisioning.provision(cast.acme, UserRecord(name), acting=OPERATOR) for name in names[:4]]
        go = [partial(provisioning.erase, user.pk, cast.acme, acting=OPERATOR) for user in made]
        records = [UserRecord(name) for name in names[4:]]
        come = [partial(provisioning.provision, cast.acme, record, acting=OPERATOR) for record in records]
        at_once(*go, *come)
        present = User.objects.in_account(cast.acme).filter(erased_at=None).count()
        assert Account.objects.get(pk=cast.acme.pk).user_count == present == 3 + 4 * (turn + 1)
