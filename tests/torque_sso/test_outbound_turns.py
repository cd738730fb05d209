"""An address that hangs holds two threads of a process, and not the others."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler

import pytest

from tests.torque_sso.conftest import Server, answer
from torque_sso import outbound, outbound_turns
from torque_sso.outbound import OutboundError


def outcome(url: str) -> tuple[str, float]:
    """What came of it, and after how many seconds."""
    began = time.monotonic()
    try:
        return outbound.fetch(url).decode(), time.monotonic() - began
    except OutboundError as problem:
        return str(problem), time.monotonic() - began


def test_a_third_request_to_an_address_that_hangs_gives_up_soon(
    listed: str, http_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, asked = threading.Event(), threading.Semaphore(0)

    def hang(request: BaseHTTPRequestHandler) -> None:
        asked.release()
        go_on.wait(10)
        answer(body=b"late")(request)

    monkeypatch.setattr(outbound_turns, "PATIENCE", 0.2)
    http_server.behaviour = hang
    with ThreadPoolExecutor(2) as pool:
        first = [pool.submit(outcome, f"{listed}/keys") for _ in range(2)]
        assert asked.acquire(timeout=5)
        assert asked.acquire(timeout=5)
        sentence, took = outcome(f"{listed}/keys")
        go_on.set()
        assert "left earlier requests waiting" in sentence
        assert took < 2
        assert [done.result()[0] for done in first] == ["late", "late"]
    http_server.behaviour = answer(body=b"soon")
    assert outcome(f"{listed}/keys")[0] == "soon"


def test_many_at_once_get_their_turn_while_the_address_answers(listed: str, http_server: Server) -> None:
    http_server.behaviour = answer(body=b"soon")
    with ThreadPoolExecutor(8) as pool:
        assert {told for told, _ in pool.map(outcome, [f"{listed}/keys"] * 24)} == {"soon"}
    assert outbound_turns._addresses == {}
