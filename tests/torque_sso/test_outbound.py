"""The way out to the network (R63): what is refused before a connection, and how an answer may fail."""

import ssl
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from tests.torque_sso.conftest import Server, answer
from torque_sso import outbound
from torque_sso.outbound import OutboundError, fetch


class Resolver:
    """Answers each look-up with the next list of addresses; the last one stays."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def resolve_to(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> Resolver:
    resolver = Resolver(*answers)
    monkeypatch.setattr(outbound, "look_up", resolver)
    return resolver


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that a connection was tried to; none is made."""
    tried: list[str] = []

    def refuse(target: Any, address: str, limit: float) -> Any:
        tried.append(address)
        raise OutboundError("not in this test")

    monkeypatch.setattr(outbound, "_connection", refuse)
    return tried


@pytest.fixture
def listed(settings: Any, http_server: Server) -> str:
    """The address of the http server, with its host and port on the allowlist."""
    settings.OUTBOUND_ALLOWLIST = [f"127.0.0.1:{http_server.port}"]
    return f"http://127.0.0.1:{http_server.port}"


REFUSED = [
    "http://idp.example/",
    "ftp://idp.example/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "idp.example",
    "",
    "https://",
    "https://user@idp.example/",
    "https://user:secret@idp.example/",
    "https://idp.example:99999/",
    "https://idp.example\\@127.0.0.1/",
    "https://idp.example/\r\nHost: x",
    "https://idp.example/ x",
    "https://ìdp.example/",
    "https://idp.example/" + "x" * 2048,
    "https://[::1/",
    "https://2130706433/",
    "https://0177.0.0.1/",
    "https://0x7f.0.0.1/",
    "https://0x7f000001/",
    "https://127.1/",
    "https://017700000001./",
]


@pytest.mark.parametrize("url", REFUSED)
def test_what_is_no_plain_https_address_is_refused_unresolved(
    url: str, monkeypatch: pytest.MonkeyPatch, connections: list[str]
) -> None:
    resolver = resolve_to(monkeypatch, ["93.184.215.14"])
    with pytest.raises(OutboundError):
        fetch(url)
    assert (resolver.asked, connections) == ([], [])


PRIVATE = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104
    "192.0.0.1",
    "198.18.0.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:93.184.215.14",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001::1",
    "2001:db8::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "not an address",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_inside_is_refused(
    address: str, monkeypatch: pytest.MonkeyPatch, connections: list[str]
) -> None:
    resolve_to(monkeypatch, [address])
    with pytest.raises(OutboundError, match="not a public address"):
        fetch("https://idp.example/")
    assert connections == []


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "169.254.169.254"])
def test_an_inside_address_in_the_url_is_refused(host: str, connections: list[str]) -> None:
    with pytest.raises(OutboundError, match="not a public address"):
        fetch(f"https://{host}/")
    assert connections == []


def test_one_inside_address_among_public_ones_is_enough(
    monkeypatch: pytest.MonkeyPatch, connections: list[str]
) -> None:
    resolve_to(monkeypatch, ["93.184.215.14", "10.0.0.1"])
    with pytest.raises(OutboundError, match=r"10\.0\.0\.1"):
        fetch("https://idp.example/")
    assert connections == []


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"])
def test_the_connection_goes_to_the_checked_address_whatever_the_name_says_next(
    address: str, monkeypatch: pytest.MonkeyPatch, connections: list[str]
) -> None:
    resolver = resolve_to(monkeypatch, [address], ["127.0.0.1"])
    with pytest.raises(OutboundError, match="not in this test"):
        fetch("https://idp.example/")
    assert (connections, resolver.asked) == ([address], ["idp.example"])


def test_a_name_that_does_not_exist_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError

    monkeypatch.setattr(outbound, "look_up", unknown)
    with pytest.raises(OutboundError, match=r"The name 'idp\.example' is unknown"):
        fetch("https://idp.example/")


def test_a_resolver_that_hangs_counts_against_the_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "TIME_LIMIT", 0.2)
    monkeypatch.setattr(outbound, "look_up", lambda *_: time.sleep(1))
    started = time.monotonic()
    with pytest.raises(OutboundError, match="in time"):
        fetch("https://idp.example/")
    assert time.monotonic() - started < 0.8


def test_a_listed_host_may_be_private_and_plain_http(listed: str, http_server: Server) -> None:
    http_server.behaviour = answer(body=b'{"a":1}')
    assert fetch(f"{listed}/keys?x=1") == b'{"a":1}'
    method, path, headers, _ = http_server.requests[0]
    assert (method, path, headers["Host"]) == ("GET", "/keys?x=1", f"127.0.0.1:{http_server.port}")


@pytest.mark.parametrize(("entry", "allowed"), [("127.0.0.1", True), ("127.0.0.0/8", True), ("10.0.0.0/8", False)])
def test_the_allowlist_takes_hosts_and_networks(entry: str, allowed: bool, settings: Any, http_server: Server) -> None:
    settings.OUTBOUND_ALLOWLIST = [entry]
    url = f"http://127.0.0.1:{http_server.port}/"
    if allowed:
        assert fetch(url) == b"{}"
    else:
        with pytest.raises(OutboundError, match="plain http"):
            fetch(url)


def test_a_name_in_a_listed_network_may_be_plain_http(
    settings: Any, http_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OUTBOUND_ALLOWLIST = ["127.0.0.0/8"]
    resolve_to(monkeypatch, ["127.0.0.1"])
    assert fetch(f"http://idp.internal:{http_server.port}/") == b"{}"
    resolve_to(monkeypatch, ["127.0.0.1", "93.184.215.14"])
    with pytest.raises(OutboundError, match="plain http"):
        fetch(f"http://idp.internal:{http_server.port}/")


def test_another_port_of_a_listed_host_is_refused(listed: str, http_server: Server) -> None:
    with pytest.raises(OutboundError):
        fetch(f"http://127.0.0.1:{http_server.port + 1}/")


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
    time.sleep(1)


def test_an_endless_body_ends_at_the_limit(listed: str, http_server: Server) -> None:
    http_server.behaviour = endless
    with pytest.raises(OutboundError, match="more than 1024 KB"):
        fetch(f"{listed}/")


@pytest.mark.parametrize("behaviour", [dripping_body, dripping_headers, silent])
def test_an_answer_that_drips_is_cut_at_the_time_limit(
    behaviour: Any, listed: str, http_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "TIME_LIMIT", 0.4)
    http_server.behaviour = behaviour
    started = time.monotonic()
    with pytest.raises(OutboundError, match="took longer"):
        fetch(f"{listed}/")
    assert time.monotonic() - started < 0.9


def test_a_body_that_breaks_off_is_not_taken_for_a_short_one(listed: str, http_server: Server) -> None:
    http_server.behaviour = answer(body=b"{}", Content_Length="100")
    with pytest.raises(OutboundError, match="no complete answer"):
        fetch(f"{listed}/")


def test_a_compressed_answer_is_refused(listed: str, http_server: Server) -> None:
    http_server.behaviour = answer(body=b"\x1f\x8b", Content_Encoding="gzip")
    with pytest.raises(OutboundError, match="compressed"):
        fetch(f"{listed}/")


def test_a_port_where_nobody_listens_is_told(settings: Any) -> None:
    settings.OUTBOUND_ALLOWLIST = ["127.0.0.1"]
    with pytest.raises(OutboundError, match="refused or broke off"):
        fetch("http://127.0.0.1:9/")


@pytest.fixture
def trusted(authority: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.create_default_context(cafile=str(authority))
    monkeypatch.setattr(outbound, "tls_context", lambda: context)


@pytest.mark.usefixtures("trusted")
def test_tls_is_checked_for_the_name_although_the_connection_goes_to_the_address(
    settings: Any, tls_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OUTBOUND_ALLOWLIST = ["127.0.0.0/8"]
    resolve_to(monkeypatch, ["127.0.0.1"])
    assert fetch(f"https://idp.example:{tls_server.port}/") == b"{}"
    assert tls_server.requests[0][2]["Host"] == f"idp.example:{tls_server.port}"


@pytest.mark.usefixtures("trusted")
def test_a_certificate_for_another_name_is_refused(
    settings: Any, tls_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OUTBOUND_ALLOWLIST = ["127.0.0.0/8"]
    resolve_to(monkeypatch, ["127.0.0.1"])
    with pytest.raises(OutboundError, match="certificate"):
        fetch(f"https://other.example:{tls_server.port}/")
    assert tls_server.requests == []


def test_a_certificate_of_an_unknown_authority_is_refused_also_for_a_listed_host(
    settings: Any, tls_server: Server
) -> None:
    settings.OUTBOUND_ALLOWLIST = ["127.0.0.1"]
    with pytest.raises(OutboundError, match="certificate"):
        fetch(f"https://127.0.0.1:{tls_server.port}/")
    assert tls_server.requests == []


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://idp.example/authorize", True),
        ("http://idp.example/authorize", False),
        ("http://127.0.0.1:9000/authorize", True),
        ("http://127.0.0.1:9001/authorize", False),
        ("javascript:alert(1)", False),
    ],
)
def test_an_address_is_judged_by_its_spelling_without_a_look_up(url: str, allowed: bool, settings: Any) -> None:
    settings.OUTBOUND_ALLOWLIST = ["127.0.0.1:9000"]
    assert outbound.is_allowed_address(url) is allowed
