"""What the tests of both protocols share."""

import socket
from typing import Any, NoReturn

import pytest

from tests.support.cast import Cast
from tests.support.journeys import SamlJourney, signed_connection


@pytest.fixture
def no_outgoing_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a message says, nothing is fetched because of it."""

    def connect(*args: Any) -> NoReturn:
        raise AssertionError(f"a message caused a request to {args[1:]}")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, connect)
    monkeypatch.setattr(socket, "getaddrinfo", connect)


@pytest.fixture
def journey(cast: Cast) -> SamlJourney:
    return SamlJourney(signed_connection(cast.acme))
