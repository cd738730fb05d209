"""The client's address: read from the right, past trusted proxies, and never further."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.http.forwarded import MAX_PROXIES, client_of, read_trusted_proxies, scheme_of

PROXIES = read_trusted_proxies(["10.0.0.0/8", "192.0.2.1", "2001:db8:1::/48"])
CLIENT = "203.0.113.7"


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "client"),
    [
        ("203.0.113.7", "", CLIENT),
        ("203.0.113.7", "198.51.100.1", CLIENT),  # from a peer that is not a trusted proxy
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.7", CLIENT),
        ("10.0.0.1", "198.51.100.1, 203.0.113.7", CLIENT),  # the left one is the client's own invention
        ("10.0.0.1", "198.51.100.1, 203.0.113.7, 192.0.2.1 ,10.9.9.9", CLIENT),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),  # trusted all the way: who began
        ("2001:db8:1::1", "203.0.113.7", CLIENT),
        ("::ffff:10.0.0.1", "::ffff:203.0.113.7", CLIENT),
        ("10.0.0.1", "2001:DB8:2:0::7", "2001:db8:2::7"),
        ("10.0.0.1", "203.0.113.7:51234", CLIENT),
        ("10.0.0.1", "[2001:db8:2::7]:51234", "2001:db8:2::7"),
        ("10.0.0.1", "[2001:db8:2::7]", "2001:db8:2::7"),
        ("10.0.0.1", "fe80::1%eth0", "fe80::1"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.7, unknown", "10.0.0.1"),  # nothing is believed to the left of what cannot be read
        ("10.0.0.1", "203.0.113.7,", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.7, 999.1.1.1", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.7, 1.2.3.4:5:6", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.7, [::1", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.7, 010.0.0.9", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.7, \x00", "10.0.0.1"),
        ("10.0.0.1", "x" * 1_000_000, "10.0.0.1"),
        ("10.0.0.1", "203.0.113.7" + ",10.0.0.2" * 100_000, "10.0.0.2"),
        ("10.0.0.1", "203.0.113.7" + ",10.0.0.2" * (MAX_PROXIES - 1), CLIENT),
        ("", "203.0.113.7", None),
        ("not an address", "203.0.113.7", None),
    ],
)
def test_the_client_is_the_first_from_the_right_that_is_not_a_proxy(
    peer: str, forwarded_for: str, client: str | None
) -> None:
    assert client_of(peer, forwarded_for, PROXIES) == client


@pytest.mark.parametrize(("forwarded_for", "client"), [("203.0.113.7", CLIENT), ("", None), ("unknown", None)])
def test_a_unix_socket_counts_where_it_is_named(forwarded_for: str, client: str | None) -> None:
    assert client_of("", forwarded_for, read_trusted_proxies(["unix"])) == client


def test_without_trusted_proxies_the_peer_is_the_client() -> None:
    assert client_of("127.0.0.1", CLIENT, read_trusted_proxies([])) == "127.0.0.1"


ADDRESSES = st.ip_addresses().map(str)
ENTRIES = st.one_of(ADDRESSES, st.just("10.0.0.2"), st.text(), st.sampled_from(["unknown", "", "[::1]:5", "1.2.3.4:5"]))


@given(st.one_of(ADDRESSES, st.just("10.0.0.1"), st.text()), st.lists(ENTRIES).map(",".join))
def test_whatever_arrives_there_is_an_address_or_none(peer: str, forwarded_for: str) -> None:
    client = client_of(peer, forwarded_for, PROXIES)
    assert client is None or str(ip_address(client)) == client


@given(
    st.lists(ENTRIES).map(",".join), st.lists(st.sampled_from(["10.0.0.2", "192.0.2.1", "2001:db8:1::5"]), max_size=5)
)
def test_whatever_a_client_sends_its_own_address_is_found(sent: str, proxies: list[str]) -> None:
    assert client_of("10.0.0.1", ",".join([sent, CLIENT, *proxies]), PROXIES) == CLIENT


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("10.0.0.1/8", "expected 10.0.0.0/8"),
        ("*", "got '\\*'"),
        ("proxy.example", "got 'proxy.example'"),
        ("10.0.0.0/33", "got '10.0.0.0/33'"),
        ("0.0.0.0/0", "would trust every client"),
        ("::/0", "would trust every client"),
        ("::ffff:0:0/96", "would trust every client"),
    ],
)
def test_a_wrong_network_is_named(wrong: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_trusted_proxies(["192.0.2.1", wrong])


@pytest.mark.parametrize("written", ["::ffff:10.0.0.0/104", "::ffff:10.0.0.1", "10.0.0.1"])
def test_a_network_counts_in_both_spellings(written: str) -> None:
    trusted = read_trusted_proxies([written])
    assert [trusted.trust_peer(peer) for peer in ("10.0.0.1", "::ffff:10.0.0.1", "11.0.0.1")] == [True, True, False]


@pytest.mark.parametrize(
    ("said", "scheme"),
    [
        ("https", "https"),
        ("HTTP", "http"),
        ("http, https", "https"),
        ("https,ftp", None),
        ("", None),
        ("x" * 9999, None),
    ],
)
def test_the_nearest_proxy_says_the_scheme(said: str, scheme: str | None) -> None:
    assert scheme_of(said) == scheme
