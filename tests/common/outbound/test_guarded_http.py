"""How an outgoing request is made and how its answer may fail (R63)."""

import time
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from common.outbound import guarded_http
from common.outbound.guarded_http import OutboundError
from tests.common.outbound.conftest import Server, answer, fetch


def test_a_name_that_does_not_exist_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError

    monkeypatch.setattr(guarded_http, "look_up", unknown)
    with pytest.raises(OutboundError, match=r"The name 'idp\.example' is unknown"):
        fetch("https://idp.example/")


def test_a_resolver_that_hangs_counts_against_the_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded_http, "TIME_LIMIT", 0.2)
    monkeypatch.setattr(guarded_http, "look_up", lambda *_: time.sleep(3))
    started = time.monotonic()
    with pytest.raises(OutboundError, match="in time"):
        fetch("https://idp.example/")
    assert time.monotonic() - started < 3


def test_a_form_is_posted(listed: str, http_server: Server) -> None:
    fetch(f"{listed}/token", form={"code": "a&b", "x": "ä"}, headers={"Authorization": "Basic eDp5"})
    method, _, headers, body = http_server.requests[0]
    assert (method, body) == ("POST", b"code=a%26b&x=%C3%A4")
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert headers["Authorization"] == "Basic eDp5"


def test_json_is_posted(listed: str, http_server: Server) -> None:
    fetch(f"{listed}/groups", json={"securityEnabledOnly": False})
    method, _, headers, body = http_server.requests[0]
    assert (method, body, headers["Content-Type"]) == ("POST", b'{"securityEnabledOnly": false}', "application/json")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int, listed: str, http_server: Server) -> None:
    http_server.behaviour = answer(status, Location=f"{listed}/elsewhere")
    with pytest.raises(OutboundError, match="redirect") as caught:
        fetch(f"{listed}/")
    assert (caught.value.status, len(http_server.requests)) == (status, 1)


def test_an_error_answer_keeps_its_status_and_the_start_of_its_body(listed: str, http_server: Server) -> None:
    http_server.behaviour = answer(400, b'{"error":"invalid_grant"}' + b" " * 100_000)
    with pytest.raises(OutboundError) as caught:
        fetch(f"{listed}/token?secret=1")
    assert (caught.value.status, len(caught.value.body)) == (400, 16 * 1024)
    assert caught.value.body.startswith(b'{"error":"invalid_grant"}')
    assert "secret" not in str(caught.value)


def test_a_body_of_a_megabyte_is_taken_and_a_byte_more_is_not(listed: str, http_server: Server) -> None:
    http_server.behaviour = answer(body=b"x" * 1024 * 1024)
    assert len(fetch(f"{listed}/")) == 1024 * 1024
    http_server.behaviour = answer(body=b"x" * (1024 * 1024 + 1))
    with pytest.raises(OutboundError, match="more than 1024 KB"):
        fetch(f"{listed}/")


def endless(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()
    while True:
        request.wfile.write(b"x" * 65536)


def dripping_body(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "1000")
    request.end_headers()
    for _ in range(100):
        request.wfile.write(b" ")
        request.wfile.flush()
        time.sleep(0.05)


def dripping_headers(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(100):
        request.wfile.write(b"X-%d: y\r\n" % number)
        request.wfile.flush()
        time.sleep(0.05)


def silent(request: BaseHTTPRequestHandler) -> None:
    time.sleep(3)


def test_an_endless_body_ends_at_the_limit(listed: str, http_server: Server) -> None:
    http_server.behaviour = endless
    with pytest.raises(OutboundError, match="more than 1024 KB"):
        fetch(f"{listed}/")


@pytest.mark.parametrize("behaviour", [dripping_body, dripping_headers, silent])
def test_an_answer_that_drips_is_cut_at_the_time_limit(
    behaviour: Any, listed: str, http_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarded_http, "TIME_LIMIT", 0.4)
    http_server.behaviour = behaviour
    started = time.monotonic()
    with pytest.raises(OutboundError, match="took longer"):
        fetch(f"{listed}/")
    assert time.monotonic() - started < 5


def test_a_body_that_breaks_off_is_not_taken_for_a_short_one(listed: str, http_server: Server) -> None:
    http_server.behaviour = answer(body=b"{}", Content_Length="100")
    with pytest.raises(OutboundError, match="no complete answer"):
        fetch(f"{listed}/")


def test_a_compressed_answer_is_refused(listed: str, http_server: Server) -> None:
    http_server.behaviour = answer(body=b"\x1f\x8b", Content_Encoding="gzip")
    with pytest.raises(OutboundError, match="compressed"):
        fetch(f"{listed}/")


def test_a_port_where_nobody_listens_is_named(settings: Any) -> None:
    settings.OUTBOUND_ALLOWLIST = ["127.0.0.1"]
    with pytest.raises(OutboundError, match="refused or broke off"):
        fetch("http://127.0.0.1:9/")
