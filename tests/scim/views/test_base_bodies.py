"""A body is read whole, in chunks too, or refused: half of one changes nothing."""

import json
from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.scim.client import BASE

pytestmark = pytest.mark.django_db
ANN = json.dumps({"userName": "ann@acme.example"}).encode()
LIMIT = 1024 * 1024


class Broken(BytesIO):
    """A server's reader of chunks that never end."""

    def read(self, _size: int | None = None) -> bytes:
        raise RuntimeError("no chunk")


def send(token: str, content: bytes, length: int | None = None, /, **environ: Any) -> tuple[int, Any]:
    """Posts a person as a web server hands the request on; without a length it is sent in chunks."""
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    announced = {"CONTENT_LENGTH": str(length)} if length is not None else chunked
    body = {"wsgi.input": BytesIO(content), **announced, **environ}
    path = f"{BASE}/Users"
    headers = {"HTTP_AUTHORIZATION": f"Bearer {token}", "CONTENT_TYPE": "application/scim+json"}
    answer = Client().request(REQUEST_METHOD="POST", PATH_INFO=path, **headers, **body)
    return answer.status_code, json.loads(answer.content)


def test_chunks_are_read_to_the_end(token: str) -> None:
    status, created = send(token, ANN)
    assert (status, created["userName"]) == (201, "ann@acme.example")


def test_chunks_up_to_the_limit_are_read(token: str) -> None:
    assert send(token, ANN + b" " * (LIMIT - len(ANN)))[0] == 201


@pytest.mark.parametrize("length", [None, LIMIT + 1])
def test_a_body_over_the_limit_is_413(token: str, length: int | None) -> None:
    status, problem = send(token, b" " * (LIMIT + 1), length)
    assert (status, problem["status"]) == (413, "413")


@pytest.mark.parametrize("more", [1, 40, LIMIT - len(ANN)])
def test_a_body_that_ended_early_creates_nobody(token: str, more: int) -> None:
    status, problem = send(token, ANN, len(ANN) + more)
    assert (status, problem["scimType"]) == (400, "invalidSyntax")
    assert "the connection ended before it" in problem["detail"]
    assert not User.objects.filter(email="ann@acme.example").exists()


def test_chunks_that_end_early_create_nobody(token: str) -> None:
    status, problem = send(token, b"", **{"wsgi.input": Broken()})
    assert (status, problem["scimType"]) == (400, "invalidSyntax")


def test_a_length_that_is_too_short_is_no_json(token: str) -> None:
    assert send(token, ANN, len(ANN) - 1)[0] == 400


def test_a_server_that_knows_no_chunks_asks_for_the_length(token: str) -> None:
    status, problem = send(token, ANN, **{"wsgi.input_terminated": False})
    assert (status, problem["status"], "Content-Length" in problem["detail"]) == (411, "411", True)
