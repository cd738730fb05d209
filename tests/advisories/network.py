"""The internet as an attacker's name server describes it. Nothing leaves the machine: connections are only noted."""

import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn

import pytest

PUBLIC = "93.184.216.34"
_real: Callable[..., Any] = socket.getaddrinfo


@dataclass
class Network:
    """`names`: host -> what each look-up in turn answers. `reached`: addresses that a connection was begun to."""

    names: dict[str, list[list[str]]] = field(default_factory=lambda: {"localhost": [["127.0.0.1", "::1"]]})
    reached: list[str] = field(default_factory=list)

    def getaddrinfo(self, host: str, port: Any, *_: Any, **__: Any) -> list[Any]:
        """As `socket.getaddrinfo`; an address is its own name."""
        answers = self.names.get(host)
        if answers is None:
            return list(_real(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST))
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [row for address in found for row in self.getaddrinfo(address, port)]

    def connect(self, address: Any) -> NoReturn:
        self.reached.append(str(address[0]))
        raise ConnectionRefusedError


def replace_network(monkeypatch: pytest.MonkeyPatch) -> Network:
    network = Network()
    monkeypatch.setattr(socket, "getaddrinfo", network.getaddrinfo)
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: network.connect(address))
    return network
