"""Every address that answers without a session has a limit, or a reason to have none (R55)."""

from typing import Any

import pytest

from tests.walk.asking import World
from tests.walk.limits import FOR_PROGRAMS, LIMITS, REASONS
from tests.walk.routes import every_route
from tests.walk.rows import PUBLIC
from tests.walk.table import TABLE

ROUTES = {route.key: route for route in every_route()}
# Every other page sends strangers to the sign-in page, which has a limit.
OPEN = {key for key, row in TABLE.items() if row.who == PUBLIC or row.is_program}


def test_every_open_address_has_a_limit_or_a_reason() -> None:
    lacking = sorted(OPEN - LIMITS.keys() - REASONS.keys())
    assert not lacking, f"Expected a limit or a reason in tests/walk/limits.py for {', '.join(lacking)}."
    assert sorted(LIMITS.keys() & REASONS.keys()) == []


def test_no_line_is_left_of_an_address_that_is_gone() -> None:
    assert sorted((LIMITS.keys() | REASONS.keys()) - OPEN) == []


@pytest.mark.parametrize("key", LIMITS)
def test_a_flood_has_to_wait(world: World, settings: Any, key: str) -> None:
    row, limit = TABLE[key], LIMITS[key]
    setattr(settings, f"{limit}_BURST", 2)
    setattr(settings, f"{limit}_REQUESTS_PER_SECOND", 0.1)
    address = ROUTES[key].address(**row.kwargs(ROUTES[key].kwargs, world.ours))
    method = row.methods[-1] if row.methods[-1] != "HEAD" else row.methods[0]
    answers = [world.ask(method, address, row, None) for _ in range(3)]
    assert 429 not in [answer.status_code for answer in answers[:2]]
    assert answers[2].status_code == 429
    assert 5 <= int(answers[2].headers["Retry-After"]) <= 10  # the bucket fills up while a slow machine answers
    is_json = row.is_program or key in FOR_PROGRAMS
    assert answers[2].headers["Content-Type"].startswith("application/json" if is_json else "text/html")


@pytest.mark.parametrize("key", REASONS)
def test_what_has_a_reason_answers_a_flood(world: World, key: str) -> None:
    address = ROUTES[key].address()
    statuses = {world.ask("GET", address, TABLE[key], None).status_code for _ in range(50)}
    assert statuses == {TABLE[key].answer("GET")}
