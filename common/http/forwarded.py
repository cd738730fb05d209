"""PURE. The client a request came from, as far as proxies can be trusted (R54).

Each proxy appends the address of its own peer to `X-Forwarded-For`, so the header is read from the right. Everything to
the left of the first address that is not a trusted proxy can be made up by that client.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

UNIX_SOCKET = "unix"  # entry of TRUSTED_PROXIES: every process that can open the server's Unix socket
MAX_PROXIES = 32  # entries of X-Forwarded-For that are read
_BRACKETED = re.compile(r"\[([^\]]*)\](?::[0-9]{1,5})?")
_IPV4_WITH_PORT = re.compile(r"([0-9.]+):[0-9]{1,5}")
_IPV4_IN_IPV6 = IPv6Network("::ffff:0:0/96")


@dataclass(frozen=True)
class TrustedProxies:
    """The proxies whose forwarded headers count."""

    networks: tuple[Network, ...] = ()
    unix_socket: bool = False

    def trust(self, address: Address) -> bool:
        return any(address in network for network in self.networks)

    def trust_peer(self, peer: str) -> bool:
        """`peer`: REMOTE_ADDR. Empty: the peer of a Unix socket, which has no address."""
        if not peer:
            return self.unix_socket
        address = read_address(peer)
        return address is not None and self.trust(address)


def read_trusted_proxies(entries: Iterable[str]) -> TrustedProxies:
    """Read networks (CIDR), single addresses and the word `unix`. Raises ValueError that names the wrong entry."""
    named = list(entries)
    networks = tuple(_read_network(entry) for entry in named if entry != UNIX_SOCKET)
    return TrustedProxies(networks, UNIX_SOCKET in named)


def client_of(peer: str, forwarded_for: str, trusted: TrustedProxies) -> str | None:
    """Return the first address from the right that is not a trusted proxy; None for a Unix socket that names no client.

    Where an entry cannot be read, the proxy that wrote it counts as the client: entries further left are no better.
    """
    nearest = read_address(peer)
    if trusted.trust_peer(peer):
        for entry in reversed(forwarded_for.rsplit(",", MAX_PROXIES)[-MAX_PROXIES:]):
            further = read_address(entry)
            if further is None:
                break
            nearest = further
            if not trusted.trust(further):
                break
    return None if nearest is None else str(nearest)


def scheme_of(forwarded_proto: str) -> str | None:
    """Return `http` or `https` as the nearest proxy has it in `X-Forwarded-Proto`; None when it is neither."""
    scheme = forwarded_proto.rpartition(",")[2].strip().lower()
    return scheme if scheme in ("http", "https") else None


def read_address(text: str) -> Address | None:
    """Read an address with or without port and brackets; an IPv4 address in an IPv6 one is that IPv4 address."""
    bare = text.strip(" \t")
    found = _BRACKETED.fullmatch(bare) or _IPV4_WITH_PORT.fullmatch(bare)
    try:
        address = ip_address(found[1] if found else bare)
    except ValueError:
        return None
    if isinstance(address, IPv4Address):
        return address
    return address.ipv4_mapped or IPv6Address(int(address))  # without the zone, which no database column takes


def _read_network(entry: str) -> Network:
    try:
        network: Network = ip_network(entry)
    except ValueError:
        raise ValueError(_not_a_network(entry)) from None
    if isinstance(network, IPv6Network) and network.subnet_of(_IPV4_IN_IPV6):
        address = network.network_address.ipv4_mapped
        network = IPv4Network((str(address), network.prefixlen - _IPV4_IN_IPV6.prefixlen))
    if network.prefixlen == 0:
        raise ValueError(f"{entry!r} would trust every client; expected the networks of your proxies")
    return network


def _not_a_network(entry: str) -> str:
    try:
        wider = ip_network(entry, strict=False)
    except ValueError:
        return (
            f"expected addresses, networks such as 10.0.0.0/8, or '{UNIX_SOCKET}', separated by commas; got {entry!r}"
        )
    return f"{entry!r} is an address in a network: expected {wider}, or the address without its '/{wider.prefixlen}'"
