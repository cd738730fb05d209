"""Which hosts and addresses a request may go to (R63), decided without asking the network."""

import ipaddress
import re
from functools import lru_cache

from django.conf import settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# What Python's `is_global` lets pass in one version or another: protocol assignments, 6to4 relays, CGNAT.
_REFUSED_V4 = tuple(
    ipaddress.IPv4Network(network) for network in ("192.0.0.0/24", "192.88.99.0/24", "100.64.0.0/10", "0.0.0.0/8")
)
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
# Teredo and other protocol assignments, 6to4, documentation: they carry or stand for something else.
_REFUSED_V6 = tuple(
    ipaddress.IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
# A network without IPv4 of its own reaches IPv4 hosts under this prefix (RFC 6052).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+", re.IGNORECASE)


def is_public(address: str) -> bool:
    """Whether an address is one of the open internet; an IPv6 spelling of an IPv4 address is not (except NAT64)."""
    parsed = _parsed(address)
    if parsed is None:
        return False
    if isinstance(parsed, ipaddress.IPv4Address):
        return parsed.is_global and not parsed.is_multicast and not any(parsed in net for net in _REFUSED_V4)
    if parsed in _NAT64:
        return is_public(str(ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)))
    return parsed in _GLOBAL_V6 and parsed.is_global and not any(parsed in net for net in _REFUSED_V6)


def is_disguised(host: str) -> bool:
    """Whether a host is a number in a form that some resolvers read as an IPv4 address: `2130706433`, `0177.0.0.1`."""
    if _parsed(host) is not None:
        return False
    return bool(_NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]))


def is_listed_host(host: str, port: int) -> bool:
    """Whether OUTBOUND_ALLOWLIST names this host, this host with this port, or a network that this address is in."""
    spelled = f"[{host}]" if ":" in host else host
    names, _ = _allowlist(tuple(settings.OUTBOUND_ALLOWLIST))
    return bool({host.lower(), f"{spelled}:{port}".lower()} & names) or is_in_listed_network(host)


def is_in_listed_network(address: str) -> bool:
    parsed = _parsed(address)
    _, networks = _allowlist(tuple(settings.OUTBOUND_ALLOWLIST))
    return parsed is not None and any(parsed in network for network in networks)


def has_listed_networks() -> bool:
    return bool(_allowlist(tuple(settings.OUTBOUND_ALLOWLIST))[1])


@lru_cache(maxsize=8)
def _allowlist(entries: tuple[str, ...]) -> tuple[frozenset[str], tuple[Network, ...]]:
    names, networks = set(), []
    for entry in entries:
        try:
            networks.append(ipaddress.ip_network(entry, strict=False))
        except ValueError:
            names.add(entry.lower().rstrip("."))
    return frozenset(names), tuple(networks)


def _parsed(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
