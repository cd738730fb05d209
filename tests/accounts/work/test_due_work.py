"""Many deprovisionings in one message: each is its own piece of work."""

from typing import Any

import pytest

from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import cleanup, end_access
from accounts.models import User
from accounts.work import due_work
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def gone(cast: Cast) -> list[User]:
    """Bob and Petra, out, and nobody has cleaned up yet."""
    people = [cast.bob, cast.petra]
    for user in people:
        end_access.deprovision(user.pk, cast.acme, acting=OPERATOR)
    assert set(cleanup.due()) == {user.pk for user in people}
    return people


def test_one_that_fails_costs_the_next_nothing_and_is_shown(gone: list[User], monkeypatch: pytest.MonkeyPatch) -> None:
    real = cleanup.finish
    monkeypatch.setattr(cleanup, "finish", lambda key: real(key) if key != gone[0].pk else fail())
    with pytest.raises(RuntimeError):
        due_work.finish_many([user.pk for user in gone], 60)
    assert cleanup.due() == [gone[0].pk]


def test_who_is_not_begun_in_time_is_left_to_the_sweep(gone: list[User]) -> None:
    due_work.finish_many([user.pk for user in gone], -1)
    assert len(cleanup.due()) == 2


def fail() -> Any:
    raise RuntimeError
