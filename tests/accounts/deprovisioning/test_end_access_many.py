"""Several users are deprovisioned, each in a transaction of its own."""

import pytest

from accounts.audit import audit
from accounts.audit.audit import OPERATOR
from accounts.deprovisioning.end_access import deprovision_many
from accounts.models import AuditEntry, User
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def states(*users: User) -> list[str]:
    return [User.objects.get(pk=user.pk).state for user in users]


def test_a_protected_user_is_named_and_stops_nobody_elses_deprovisioning(cast: Cast) -> None:
    done = deprovision_many([cast.alice.pk, cast.bob.pk, cast.petra.pk], cast.acme, acting=OPERATOR)
    assert states(cast.alice, cast.bob, cast.petra) == ["active", "deprovisioned", "deprovisioned"]
    assert (done.deprovisioned, len(done.refused)) == (2, 1)
    assert "last account admin" in done.refused[0]
    assert AuditEntry.objects.get(action="user.protected").object_id == cast.alice.pk


def test_the_actor_keeps_access(cast: Cast) -> None:
    done = deprovision_many([cast.alice.pk], cast.acme, acting=audit.person(cast.alice))
    assert states(cast.alice) == ["active"]
    assert "another admin can deprovision you" in done.refused[0]


def test_a_user_of_another_account_is_left_out(cast: Cast) -> None:
    assert deprovision_many([cast.charlie.pk], cast.acme, acting=OPERATOR).deprovisioned == 0
    assert states(cast.charlie) == ["active"]
