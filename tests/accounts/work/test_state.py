"""What durable rows say of waiting work."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import TaskRun
from accounts.work.state import work_state
from tests.support.cast import Cast
from tests.support.factories import known_at, saml_connection

pytestmark = pytest.mark.django_db


def test_nothing_waits_in_a_new_installation(cast: Cast) -> None:
    state = work_state(clock_is_needed=False)
    assert (state.waiting, state.problems) == ({"departures": 0, "group_syncs": 0}, [])


def test_a_clock_that_never_ran_is_a_problem_where_one_is_needed(cast: Cast) -> None:
    assert work_state(clock_is_needed=True).problems[0].startswith("Expected a sweep each minute")


def test_work_that_waits_too_long_is_a_problem(cast: Cast) -> None:
    identity = known_at(saml_connection(cast.acme), cast.bob)
    identity.login_sequence, identity.last_login_at = 1, timezone.now() - timedelta(minutes=10)
    identity.save()
    state = work_state(clock_is_needed=False)
    assert state.waiting["group_syncs"] == 1
    assert state.problems == ["The oldest of 1 group syncs has waited for 10 minutes."]


def test_parts_of_the_last_sweep_that_failed_are_named(cast: Cast) -> None:
    now = timezone.now()
    TaskRun.objects.create(name="sweep", began_at=now, ended_at=now, failed=["sessions"])
    assert "sessions" in work_state(clock_is_needed=True).problems[0]
