"""The only way out to the network: metadata, provider documents, token endpoints, Microsoft Graph (R63).

An address comes from an account admin or from a document of their provider, so it may point at our own network.
Therefore: https only, no redirects, the name resolved once, every address it has checked, the connection made to the
checked address, 1 MB and 5 s in all. `settings.OUTBOUND_ALLOWLIST` lifts the first and the fourth for a private cloud.
"""

import json as json_format
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import certifi
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from common.outbound import addresses, slots

SIZE_LIMIT = 1024 * 1024  # bytes
TIME_LIMIT = 5.0  # seconds, from the look-up of the name to the last byte
CONNECT_LIMIT = 2.0  # seconds for each of: TCP, TLS
_URL_LIMIT = 2048  # characters
_ERROR_BODY_LIMIT = 16 * 1024  # bytes


class OutboundError(Exception):
    """A request that was not made or did not succeed, as a sentence without the query of its address.

    `status` is the HTTP status when there was an answer; `body` its first 16 KB (an OAuth error is JSON in there).
    """

    def __init__(self, sentence: str, status: int | None = None, body: bytes = b"") -> None:
        super().__init__(sentence)
        self.status = status
        self.body = body


class OutboundBusy(OutboundError):
    """Too many requests are in progress (`outbound.slots`); this one was not sent."""


@dataclass(frozen=True)
class _Target:
    scheme: str
    host: str
    port: int
    path: str

    @property
    def name(self) -> str:
        """The target as sentences name it."""
        return f"{self.scheme}://{self.host_header}{self.path.partition('?')[0]}"

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == {"https": 443, "http": 80}[self.scheme] else f"{host}:{self.port}"


def fetch(
    url: str,
    *,
    account_id: UUID | None,
    form: Mapping[str, str] | None = None,
    json: object = None,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """The body of a 2xx answer, at most 1 MB. POST when there is a form or a JSON value, else GET.

    `account_id`: on whose behalf, because one account must not keep the others waiting; None: the installation's.
    Raises OutboundError for anything else, within 5 seconds, and OutboundBusy at once when no slot is free.
    """
    deadline = time.monotonic() + TIME_LIMIT
    target = _target(url)
    body, kind = _request_body(form, json)
    sent = {"Host": target.host_header, "User-Agent": "torque-sso", "Accept": "application/json, */*;q=0.5"}
    sent |= {"Accept-Encoding": "identity", "Connection": "close", **kind, **(headers or {})}
    try:
        with slots.slot(account_id, target.host):
            checked = _checked_addresses(target, account_id, deadline)
            with _connected(target, checked, deadline) as connection:
                return _answer(connection, target, body, sent, deadline)
    except slots.NoFreeSlot as refused:
        raise OutboundBusy(f"{target.name} was not asked: {refused}") from None


def is_allowed_address(url: str) -> bool:
    """Whether `fetch` accepts `url`, by its spelling alone (nothing is resolved)."""
    try:
        target = _target(url)
    except OutboundError:
        return False
    return target.scheme == "https" or addresses.is_listed_host(target.host, target.port)


def _target(url: str) -> _Target:
    if len(url) > _URL_LIMIT or not url.isascii() or any(char <= " " or char in '\\"<>^`{|}\x7f' for char in url):
        raise OutboundError("The address holds characters that no web address may hold, or is too long.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise OutboundError(f"'{url[:200]}' is not a web address.") from None
    if parts.scheme not in ("https", "http") or not parts.hostname or "@" in parts.netloc:
        raise OutboundError(f"'{url[:200]}' is not a web address of the form https://host/path.")
    if addresses.is_disguised(parts.hostname):
        raise OutboundError(f"'{parts.hostname}' is a number written as a host name, which is refused.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return _Target(parts.scheme, parts.hostname.rstrip("."), port or {"https": 443, "http": 80}[parts.scheme], path)


def _checked_addresses(target: _Target, account_id: UUID | None, deadline: float) -> list[str]:
    """All addresses of the host, looked up once; every one of them must be reachable by the rules."""
    listed = addresses.is_listed_host(target.host, target.port)
    if target.scheme == "http" and not listed and not addresses.has_listed_networks():
        raise _not_https(target)
    found = _resolve(target, account_id, deadline)
    for address in found:
        inside = listed or addresses.is_in_listed_network(address)
        if target.scheme == "http" and not inside:
            raise _not_https(target)
        if not inside and not addresses.is_public(address):
            raise OutboundError(
                f"'{target.host}' is at {address}, which is not a public address. If that is right, an operator can "
                "list the host in OUTBOUND_ALLOWLIST."
            )
    return found


def _not_https(target: _Target) -> OutboundError:
    return OutboundError(
        f"{target.name} is plain http; only https is fetched, except from hosts in OUTBOUND_ALLOWLIST."
    )


def _resolve(target: _Target, account_id: UUID | None, deadline: float) -> list[str]:
    """Look the name up in a thread of its own, because the system's resolver knows no time limit.

    That thread holds a slot of its own until it is done, so that names whose DNS hangs do not pile up threads.
    """
    release = slots.acquire_lookup(account_id, target.host)
    outcome: list[list[str] | OSError | UnicodeError] = []

    def ask() -> None:
        try:
            outcome.append(look_up(target.host, target.port))
        except (OSError, UnicodeError) as error:
            outcome.append(error)
        finally:
            release()

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(max(0.0, deadline - time.monotonic()))
    if not outcome:
        raise OutboundError(f"The name '{target.host}' could not be looked up in time.")
    if not isinstance(outcome[0], list) or not outcome[0]:
        raise OutboundError(f"The name '{target.host}' is unknown.")
    return outcome[0]


def look_up(host: str, port: int) -> list[str]:
    """The addresses of a host name or address, in the resolver's order, each once."""
    rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in rows))


def _request_body(form: Mapping[str, str] | None, json: object) -> tuple[bytes | None, dict[str, str]]:
    if form is not None:
        return urlencode(form).encode(), {"Content-Type": "application/x-www-form-urlencoded"}
    if json is not None:
        return json_format.dumps(json).encode(), {"Content-Type": "application/json"}
    return None, {}


@lru_cache(maxsize=1)
def tls_context() -> ssl.SSLContext:
    """Certificates are checked against the system's authorities (SSL_CERT_FILE adds a private one) and certifi's."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


@contextmanager
def _connected(target: _Target, checked: list[str], deadline: float) -> Iterator[HTTPConnection]:
    """A connection to one of the checked addresses; at the deadline it is cut, whatever it is waiting for."""
    connection = _connect(target, checked, deadline)
    sock = connection.sock
    # A socket's own timeout starts anew with every byte; only cutting the line ends a slow drip.
    # The plain socket's shutdown: SSLSocket's own would drop the TLS layer under a reader.
    cut = threading.Timer(deadline - time.monotonic(), _shut_down, [sock])
    cut.daemon = True
    cut.start()
    try:
        yield connection
    finally:
        cut.cancel()
        connection.close()


def _shut_down(sock: socket.socket) -> None:
    with suppress(OSError):  # it may have ended by itself
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _connect(target: _Target, checked: list[str], deadline: float) -> HTTPConnection:
    problem = "no time was left"
    for address in checked:
        limit = min(CONNECT_LIMIT, (deadline - time.monotonic()) / 2)
        if limit <= 0:
            break
        connection = _connection(target, address, limit)
        try:
            connection.connect()
            return connection
        except (HTTPError, OSError, ValueError) as error:
            connection.close()
            problem = _reason(error)
    raise OutboundError(f"No connection to {target.name}: {problem}.")


def _connection(target: _Target, address: str, limit: float) -> HTTPConnection:
    if target.scheme == "http":
        return HTTPConnection(address, target.port, timeout=limit)
    return HTTPSConnection(
        address,
        target.port,
        timeout=limit,
        ssl_context=tls_context(),
        server_hostname=target.host,  # asked for (SNI) and checked in the certificate, instead of the address
    )


def _reason(error: Exception) -> str:
    if "certificate" in str(error).lower():
        return "its TLS certificate is not valid for this host or comes from an unknown authority"
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return "it did not answer in time"
    return "the connection was refused or broke off"


def _answer(
    connection: HTTPConnection, target: _Target, body: bytes | None, headers: dict[str, str], deadline: float
) -> bytes:
    problem: Exception | None = None
    content = b""
    try:
        connection.timeout = max(0.01, deadline - time.monotonic())
        connection.request(
            "GET" if body is None else "POST",
            target.path,
            body=body,
            headers=headers,
            preload_content=False,
            decode_content=False,
        )
        response = connection.getresponse()
        content = _read(response)
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        problem = error
    if time.monotonic() >= deadline:
        raise OutboundError(f"{target.name} took longer than {TIME_LIMIT:.0f} seconds.")
    if problem is not None:
        raise OutboundError(f"{target.name} gave no complete answer: {_reason(problem)}.")
    return _accepted(response, target, content)


def _read(response: Any) -> bytes:
    """The body up to just over the limit. Only a read after the last byte notices a body that broke off."""
    parts: list[bytes] = []
    while sum(map(len, parts)) <= SIZE_LIMIT and (part := response.read(65536, decode_content=False)):
        parts.append(part)
    return b"".join(parts)


def _accepted(response: Any, target: _Target, content: bytes) -> bytes:
    status = response.status
    if 300 <= status < 400:
        raise OutboundError(f"{target.name} answered with a redirect ({status}), which is not followed.", status)
    if not 200 <= status < 300:
        raise OutboundError(f"{target.name} answered with status {status}.", status, content[:_ERROR_BODY_LIMIT])
    if len(content) > SIZE_LIMIT:
        raise OutboundError(f"{target.name} sent more than {SIZE_LIMIT // 1024} KB.", status)
    if response.headers.get("Content-Encoding", "identity").lower() not in ("", "identity"):
        raise OutboundError(f"{target.name} sent a compressed answer although none was asked for.", status)
    return content
