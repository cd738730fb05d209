"""Servers that hang hold at most half of the threads of a process, and one account or host only a part of that half."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from uuid import UUID, uuid4

import pytest

from common.outbound import guarded_http, slots
from common.outbound.slots import NoFreeSlot, slot
from tests.common.outbound.conftest import ACCOUNT, Server, fetch


@pytest.fixture(autouse=True)
def eight_threads(settings: Any) -> None:
    settings.WEB_THREADS = 8


@pytest.fixture
def hanging() -> Iterator[ExitStack]:
    """Requests that are under way until the test ends."""
    with ExitStack() as stack:
        yield stack
    assert len(slots.requests) == 0


def hang(stack: ExitStack, *requests: tuple[UUID, str]) -> None:
    for account_id, host in requests:
        stack.enter_context(slot(account_id, host))


def test_all_accounts_together_take_half_of_the_threads(hanging: ExitStack) -> None:
    hang(hanging, *((uuid4(), f"idp{number}.example") for number in range(4)))
    with pytest.raises(NoFreeSlot, match="other servers are in progress"), slot(uuid4(), "idp9.example"):
        pass


def test_one_account_leaves_half_of_that_to_others_whatever_the_hosts(hanging: ExitStack) -> None:
    hang(hanging, (ACCOUNT, "a.example"), (ACCOUNT, "b.example"))
    with pytest.raises(NoFreeSlot, match="This account"), slot(ACCOUNT, "c.example"):
        pass
    with slot(uuid4(), "c.example"):
        pass


def test_one_host_leaves_a_quarter_of_it_whatever_the_accounts(hanging: ExitStack) -> None:
    hang(hanging, *((uuid4(), "login.example") for _ in range(3)))
    with pytest.raises(NoFreeSlot, match="to this server"), slot(uuid4(), "login.example"):
        pass
    with slot(uuid4(), "other.example"):
        pass


@pytest.mark.parametrize(("threads", "all_of_them"), [(2, 1), (4, 2), (16, 8), (17, 8)])
def test_it_is_never_more_than_half_of_the_threads(settings: Any, threads: int, all_of_them: int) -> None:
    settings.WEB_THREADS = threads
    limits = slots.limits_of(ACCOUNT, "idp.example")
    assert (max(limits.values()), min(limits.values()) >= 1) == (all_of_them, True)


def test_a_refused_request_takes_nothing_of_any_kind(hanging: ExitStack) -> None:
    hang(hanging, (ACCOUNT, "a.example"), (ACCOUNT, "b.example"))
    for _ in range(9):
        with pytest.raises(NoFreeSlot), slot(ACCOUNT, "c.example"):
            pass
    assert len(slots.requests) == 2


def test_the_error_names_what_was_not_asked_and_nothing_is_sent(
    listed: str, http_server: Server, hanging: ExitStack
) -> None:
    hang(hanging, (ACCOUNT, "a.example"), (ACCOUNT, "b.example"))
    with pytest.raises(
        guarded_http.OutboundBusy, match=r"/keys was not asked: This account .* Try again in a few seconds"
    ):
        fetch(f"{listed}/keys")
    assert http_server.requests == []


def test_a_lookup_that_goes_on_when_its_request_has_given_up_counts_until_it_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer = threading.Event()
    monkeypatch.setattr(slots, "lookups", slots.Slots())
    monkeypatch.setattr(guarded_http, "look_up", lambda host, port: answer.wait(10) and [])
    monkeypatch.setattr(guarded_http, "TIME_LIMIT", 0.05)
    for _ in range(2):
        with pytest.raises(guarded_http.OutboundError, match="looked up in time"):
            fetch("https://slow.example/")
    with pytest.raises(guarded_http.OutboundBusy):
        fetch("https://slow.example/")
    assert (len(slots.requests), len(slots.lookups)) == (0, 2)
    answer.set()
