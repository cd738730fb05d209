"""A deprovisioned user is created again while somebody else changes them."""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from functools import partial
from uuid import UUID

import pytest

from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import end_access
from accounts.models import Account, User
from accounts.provisioning import provisioning
from accounts.provisioning.provisioning import Taken, UserRecord
from tests.integration.test_races import at_once
from tests.integration.waiting import elsewhere
from tests.support import changing
from tests.support.cast import Cast
from tests.support.changing import erase

pytestmark = pytest.mark.django_db(transaction=True)
ANN = UserRecord("ann@acme.example")


@pytest.fixture
def ann(cast: Cast) -> User:
    """A deprovisioned user."""
    user = provisioning.provision(cast.acme, ANN, acting=OPERATOR)
    return end_access.deprovision(user.pk, cast.acme, acting=OPERATOR)


def overtake(monkeypatch: pytest.MonkeyPatch, change: Callable[[UUID, Account], object]) -> None:
    """Somebody else changes the person whom a re-hire has found, before it has them locked."""
    lock = provisioning.locked

    def locked(user_id: UUID, account: Account) -> AbstractContextManager[User]:
        monkeypatch.setattr(provisioning, "locked", lock)
        elsewhere(lambda: change(user_id, account))
        return lock(user_id, account)

    monkeypatch.setattr(provisioning, "locked", locked)


def test_who_is_erased_meanwhile_comes_as_a_new_person(cast: Cast, ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    overtake(monkeypatch, partial(erase, acting=OPERATOR))
    assert provisioning.provision(cast.acme, ANN, acting=OPERATOR).pk != ann.pk
    assert User.objects.in_account(cast.acme).filter(erased_at=None, user_name=ANN.user_name).count() == 1


def test_who_is_restored_meanwhile_is_taken(cast: Cast, ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    overtake(monkeypatch, partial(end_access.restore, acting=OPERATOR))
    with pytest.raises(Taken):
        provisioning.provision(cast.acme, UserRecord(ANN.user_name, display_name="New"), acting=OPERATOR)
    ann.refresh_from_db()
    assert (ann.state, ann.display_name) == ("pending", "")


def test_who_gets_another_name_meanwhile_keeps_it_and_the_name_is_somebody_news(
    cast: Cast, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    renamed = UserRecord("anna@acme.example")
    overtake(monkeypatch, partial(changing.revise, record=renamed, acting=OPERATOR))
    assert provisioning.provision(cast.acme, ANN, acting=OPERATOR).pk != ann.pk
    ann.refresh_from_db()
    assert (ann.state, ann.user_name) == ("deprovisioned", "anna@acme.example")


def test_of_many_who_announce_a_person_again_one_restores_them(cast: Cast, ann: User) -> None:
    def announce() -> str:
        with suppress(Taken):
            return str(provisioning.provision(cast.acme, ANN, acting=OPERATOR).pk)
        return "taken"

    assert Counter(at_once(*[announce] * 6)) == {str(ann.pk): 1, "taken": 5}
