"""The little of HTTP that the stand-in needs, on plain WSGI."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode
from wsgiref.types import StartResponse, WSGIEnvironment

from django.template import Context, Engine

MAX_BODY = 1024 * 1024  # bytes
_templates = Engine(dirs=[str(Path(__file__).parent / "templates")])


class Refused(Exception):
    """The request cannot be answered; the text is a sentence for the page."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Request:
    """`fields`: query and form together, the form winning; the last of several equal names counts."""

    method: str
    path: str
    fields: dict[str, str]
    authorization: str = ""


@dataclass(frozen=True)
class Response:
    body: bytes
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = field(default=())


View = Callable[[Request], Response]


def page(template: str, status: int = 200, **values: Any) -> Response:
    return Response(_templates.get_template(template).render(Context(values)).encode(), status)


def as_json(value: object, status: int = 200) -> Response:
    return Response(json.dumps(value).encode(), status, "application/json", (("Cache-Control", "no-store"),))


def redirect(url: str) -> Response:
    return Response(b"", 303, headers=(("Location", url), ("Cache-Control", "no-store")))


def with_parameters(url: str, parameters: dict[str, str], mark: str = "?") -> str:
    joint = "&" if mark == "?" and "?" in url else mark
    return f"{url}{joint}{urlencode(parameters)}"


def read_request(environ: WSGIEnvironment) -> Request:
    """Raises Refused for a body that is too large or has no readable length."""
    pairs = _pairs(environ.get("QUERY_STRING", ""))
    if environ["REQUEST_METHOD"] == "POST":
        pairs += _pairs(_body(environ).decode("utf-8", "replace"))
    return Request(
        environ["REQUEST_METHOD"], environ.get("PATH_INFO", "/"), dict(pairs), environ.get("HTTP_AUTHORIZATION", "")
    )


def _body(environ: WSGIEnvironment) -> bytes:
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal():
        raise Refused("The Content-Length is no number.")
    if int(length) > MAX_BODY:
        raise Refused("The request is too large.", 413)
    return bytes(environ["wsgi.input"].read(int(length)))


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=1000)
    except ValueError:
        raise Refused("The request has too many fields.") from None


def answer(view: View, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Runs the view; what it refuses becomes a page with the sentence."""
    try:
        response = view(read_request(environ))
    except Refused as refusal:
        response = page("refused.html", refusal.status, sentence=str(refusal))
    status = f"{response.status} {HTTPStatus(response.status).phrase}"
    length = ("Content-Length", str(len(response.body)))
    start_response(status, [("Content-Type", response.content_type), length, *response.headers])
    return [response.body]
