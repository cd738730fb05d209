"""Which addresses a request may go to (R63): all of this is decided before a connection is made."""

from typing import Any

import pytest

from common.outbound import guarded_http
from common.outbound.guarded_http import OutboundError
from tests.common.outbound.conftest import Resolver, Server, answer, fetch


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that a connection was tried to; none is made."""
    tried: list[str] = []

    def refuse(target: Any, address: str, limit: float) -> Any:
        tried.append(address)
        raise OutboundError("not in this test")

    monkeypatch.setattr(guarded_http, "_connection", refuse)
    return tried


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
    url: str, resolver: Resolver, connections: list[str]
) -> None:
    resolver.answers = [["93.184.215.14"]]
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
def test_a_name_that_leads_inside_is_refused(address: str, resolver: Resolver, connections: list[str]) -> None:
    resolver.answers = [[address]]
    with pytest.raises(OutboundError, match="not a public address"):
        fetch("https://idp.example/")
    assert connections == []


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "169.254.169.254"])
def test_an_inside_address_in_the_url_is_refused(host: str, connections: list[str]) -> None:
    with pytest.raises(OutboundError, match="not a public address"):
        fetch(f"https://{host}/")
    assert connections == []


def test_one_inside_address_among_public_ones_is_enough(resolver: Resolver, connections: list[str]) -> None:
    resolver.answers = [["93.184.215.14", "10.0.0.1"]]
    with pytest.raises(OutboundError, match=r"10\.0\.0\.1"):
        fetch("https://idp.example/")
    assert connections == []


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"])
def test_the_connection_goes_to_the_checked_address_whatever_the_name_says_next(
    address: str, resolver: Resolver, connections: list[str]
) -> None:
    resolver.answers = [[address], ["127.0.0.1"]]
    with pytest.raises(OutboundError, match="not in this test"):
        fetch("https://idp.example/")
    assert (connections, resolver.asked) == ([address], ["idp.example"])


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


def test_a_name_in_a_listed_network_may_be_plain_http(settings: Any, http_server: Server, resolver: Resolver) -> None:
    settings.OUTBOUND_ALLOWLIST = ["127.0.0.0/8"]
    resolver.answers = [["127.0.0.1"]]
    assert fetch(f"http://idp.internal:{http_server.port}/") == b"{}"
    resolver.answers = [["127.0.0.1", "93.184.215.14"]]
    with pytest.raises(OutboundError, match="plain http"):
        fetch(f"http://idp.internal:{http_server.port}/")


def test_another_port_of_a_listed_host_is_refused(listed: str, http_server: Server) -> None:
    with pytest.raises(OutboundError):
        fetch(f"http://127.0.0.1:{http_server.port + 1}/")


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
    assert guarded_http.is_allowed_address(url) is allowed
