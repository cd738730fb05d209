"""What requests leave for a moment later: done by a thread, together, and each lot by itself."""

import threading

import pytest

from common import background
from common.background import Pile
from tests.support.processes import wait_until


def test_what_comes_during_a_round_waits_for_the_next_and_goes_together() -> None:
    done: list[list[int]] = []
    busy = threading.Event()
    pile: Pile[int] = Pile("test", lambda things: (done.append(things), busy.wait(5)))
    pile.put(1)
    wait_until(lambda: done, "the first")
    pile.put(2)
    pile.put(3)
    busy.set()
    wait_until(lambda: done == [[1], [2, 3]], "the others")


def test_a_failure_costs_nothing_but_its_own_lot() -> None:
    done: list[int] = []

    def work(things: list[int]) -> None:
        if things == [1]:
            raise RuntimeError
        done.extend(things)

    pile = Pile("test", work)
    pile.put(1)
    wait_until(lambda: not pile.waiting, "the failure")
    pile.put(2)
    wait_until(lambda: done == [2], "the next")


def test_many_are_not_left_waiting_for_a_round(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []
    pile: Pile[int] = Pile("test", done.extend)
    pile.put(0)
    wait_until(lambda: done == [0], "the first")
    monkeypatch.setattr(background, "EVERY", 60.0)
    pile.put(1)
    wait_until(lambda: done == [0, 1], "the second, after which the round is a minute")
    for number in range(2, background.AT_ONCE + 2):
        pile.put(number)
    wait_until(lambda: len(done) == background.AT_ONCE + 2, "all of them")


def test_lots_are_no_larger_than_that() -> None:
    pile: Pile[int] = Pile("test", lambda _: None)
    pile.waiting.extend(range(250))
    assert [len(pile.taken()) for _ in range(4)] == [100, 100, 50, 0]


def test_the_oldest_are_given_up_when_nothing_is_taken() -> None:
    pile: Pile[int] = Pile("test", lambda _: None)
    pile.waiting.extend(range(background.MOST_WAITING + 1))
    assert (len(pile.waiting), pile.waiting[0]) == (background.MOST_WAITING, 1)


def test_the_end_of_the_process_loses_nothing() -> None:
    done: list[int] = []
    pile: Pile[int] = Pile("test", done.extend)
    pile.put(1)
    wait_until(lambda: done == [1], "the first")
    pile.put(2)
    pile._at_exit()
    assert sorted(done) == [1, 2]
