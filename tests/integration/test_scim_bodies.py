"""Bodies as they arrive at a real gunicorn: in chunks, too long, or cut off in the middle."""

import json
import socket
from http.client import HTTPResponse
from typing import Any
from urllib.parse import urlsplit

import pytest

from accounts.models import User
from tests.scim.conftest import service_token
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
ANN = json.dumps({"userName": "ann@acme.example"}).encode()
MEGABYTE = 1024 * 1024


def ask(origin: str, head: str, body: bytes) -> tuple[int, Any]:
    """Sends bytes, and no more will come; gives the status and the JSON of the answer."""
    where = urlsplit(origin)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=20) as line:
        line.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
        line.shutdown(socket.SHUT_WR)
        with HTTPResponse(line) as answer:
            answer.begin()
            assert answer.headers["Content-Type"] == "application/scim+json"
            return answer.status, json.load(answer)


def post(token: str, length: str) -> str:
    return (
        f"POST /api/scim/Users HTTP/1.1\nHost: localhost\nConnection: close\n{length}\n"
        f"Content-Type: application/scim+json\nAuthorization: Bearer {token}"
    )


def chunks(content: bytes, size: int, end: bytes = b"0\r\n\r\n") -> bytes:
    parts = (content[start : start + size] for start in range(0, len(content), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + end


CHUNKED = "Transfer-Encoding: chunked"
SENT = {
    "in chunks": (CHUNKED, chunks(ANN, 7), 201),
    "in one chunk": (CHUNKED, chunks(ANN, 1_000), 201),
    "in chunks over the limit": (CHUNKED, chunks(ANN + b" " * MEGABYTE, 60_000), 413),
    "chunks without an end": (CHUNKED, chunks(ANN, 7, b""), 400),
    "chunks of no size": (CHUNKED, b"zz\r\n" + ANN, 400),
    "whole": (f"Content-Length: {len(ANN)}", ANN, 201),
    "cut off": (f"Content-Length: {len(ANN) + 9}", ANN, 400),
    "more than announced": (f"Content-Length: {len(ANN) - 3}", ANN, 400),
}


def test_a_body_is_read_whole_or_refused(cast: Cast, web: str) -> None:
    token = service_token(cast.acme)
    for case, (length, body, expected) in SENT.items():
        status, answer = ask(web, post(token, length), body)
        assert status == expected, (case, answer)
        assert User.objects.filter(email="ann@acme.example").exists() is (expected == 201), case
        User.objects.filter(email="ann@acme.example").delete()
