"""A client that keeps some connections busy: each sends its next request when the last is answered."""

import http.client
import itertools
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

CONNECTIONS = 8
PATIENCE = 60


class Unexpected(Exception):
    """An answer that would make the measurement worthless."""


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    expected: int
    body: dict[str, Any] | None = None


class Client:
    """`tokens`: one for each connection, as a rate limit is one token's. `times`: seconds that each answer took."""

    def __init__(self, port: int, tokens: list[str]) -> None:
        self.tokens = tokens
        self.times: list[float] = []
        self.connections = [http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE) for _ in tokens]

    def send(self, requests: Iterator[Request], count: int) -> None:
        """Sends so many of the requests. Raises Unexpected."""
        lock, left = threading.Lock(), itertools.islice(requests, count)

        def work(number: int) -> None:
            while True:
                with lock:
                    request = next(left, None)
                if request is None:
                    return
                self._ask(number, request)

        with ThreadPoolExecutor(len(self.tokens)) as pool:
            list(pool.map(work, range(len(self.tokens))))

    def _ask(self, number: int, request: Request) -> None:
        connection = self.connections[number]
        body = None if request.body is None else json.dumps(request.body).encode()
        headers = {"Authorization": f"Bearer {self.tokens[number]}", "Content-Type": "application/scim+json"}
        headers["Host"] = "localhost"
        began = time.perf_counter()
        connection.request(request.method, request.path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        self.times.append(time.perf_counter() - began)
        if answer.status != request.expected:
            raise Unexpected(f"{request.method} {request.path}: {answer.status} {text[:300]!r}")
