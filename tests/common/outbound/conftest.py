"""A web server on loopback that misbehaves as a test asks for, over http or over TLS with an authority of its own."""

import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from common.outbound import guarded_http

ACCOUNT = uuid4()
Behaviour = Callable[[BaseHTTPRequestHandler], None]


def fetch(url: str, **options: Any) -> bytes:
    """As some account that has nothing else under way."""
    return guarded_http.fetch(url, account_id=ACCOUNT, **options)


@dataclass
class Server:
    port: int
    behaviour: Behaviour
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)


def answer(status: int = 200, body: bytes = b"{}", **headers: str) -> Behaviour:
    """A behaviour: this answer; a header's underscores become hyphens."""

    def behave(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)

    return behave


def _handler_class(server: Server) -> type[BaseHTTPRequestHandler]:
    class Request(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            server.requests.append((self.command, self.path, dict(self.headers), self.rfile.read(length)))
            try:
                server.behaviour(self)
            except OSError:
                self.close_connection = True  # the client has left

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is written."""

    return Request


def _serve(context: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(0, answer())
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler_class(server))
    http.daemon_threads = True
    server.port = http.server_address[1]
    if context:
        http.socket = context.wrap_socket(http.socket, server_side=True)
    thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    http.shutdown()
    http.server_close()


@pytest.fixture
def http_server() -> Iterator[Server]:
    yield from _serve()


@pytest.fixture
def tls_server(authority: Path) -> Iterator[Server]:
    """Its certificate is for idp.example and 127.0.0.2."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority)
    yield from _serve(context)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a certificate that vouches for itself, and its key; both made for this run."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.example")])
    names = x509.SubjectAlternativeName([x509.DNSName("idp.example"), x509.IPAddress(ip_address("127.0.0.2"))])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = tmp_path_factory.mktemp("tls") / "idp.pem"
    path.write_bytes(plain + certificate.public_bytes(pem))
    return path


class Resolver:
    """Answers each look-up with the next list of addresses; the last one stays."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers: list[list[str]] = []
        self.asked: list[str] = []
        monkeypatch.setattr(guarded_http, "look_up", self.look_up)

    def look_up(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Resolver:
    return Resolver(monkeypatch)


@pytest.fixture
def listed(settings: Any, http_server: Server) -> str:
    """The address of the http server, with its host and port on the allowlist."""
    settings.OUTBOUND_ALLOWLIST = [f"127.0.0.1:{http_server.port}"]
    return f"http://127.0.0.1:{http_server.port}"
