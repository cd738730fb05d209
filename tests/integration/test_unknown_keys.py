"""A flood of tokens whose keys nobody knows, at all processes at once: the provider is hardly asked (R32)."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Connection
from tests.support import processes
from tests.support.cast import Cast
from tests.support.factories import oidc_connection
from tests.support.oidc_messages import jwk
from tools.setup import ROOT

pytestmark = pytest.mark.django_db(transaction=True)

# One process of the flood: tokens with unknown keys, and between them one with a known key.
FLOOD = """
import sys, django
django.setup()
from django.utils import timezone
from accounts.models import Connection
from accounts.sso.oidc import relying_party
from accounts.sso.oidc.id_token import UnverifiedToken
from accounts.sso.refusal import LoginRefused
connection, process = sys.argv[1:]
print("ready", flush=True)
sys.stdin.readline()
for turn in range(10):
    row = Connection.objects.get(pk=connection)
    try:
        relying_party.key_of(row, UnverifiedToken("a.b.c", f"unknown-{process}-{turn}"), timezone.now())
    except LoginRefused as refusal:
        print(refusal.code)
    relying_party.key_of(row, UnverifiedToken("a.b.c", "first"), timezone.now())
    print("known")
"""


class Keys(ThreadingHTTPServer):
    """A provider's address for keys that counts requests."""

    daemon_threads = True

    def __init__(self) -> None:
        self.asked = 0
        super().__init__(("127.0.0.1", 0), _Answer)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Answer(BaseHTTPRequestHandler):
    server: Keys

    def do_GET(self) -> None:
        self.server.asked += 1
        body = json.dumps({"keys": [jwk()]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is written."""


@pytest.fixture
def keys() -> Iterator[Keys]:
    server = Keys()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def entra(cast: Cast, keys: Keys) -> Connection:
    """A connection whose provider's documents were read just now."""
    now, issuer = timezone.now(), keys.origin
    known: dict[str, Any] = {"issuer": issuer, "jwks_uri": f"{issuer}/keys", "authorization_endpoint": issuer}
    read = {"discovery": known, "discovered_at": now, "signing_keys": {"keys": [jwk()]}, "signing_keys_at": now}
    return oidc_connection(cast.acme, issuer=issuer, **read)


def flooding(connection: str, number: str, environment: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", FLOOD, connection, number]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **pipes)  # type: ignore[call-overload,no-any-return]


def test_thirty_unknown_keys_in_three_processes_cause_at_most_six_fetches_while_known_keys_serve(
    entra: Connection, keys: Keys
) -> None:
    environment = processes.product_environment(
        DATABASE_URL=processes.database_url(),
        OUTBOUND_ALLOWLIST=keys.origin.removeprefix("http://"),
        DJANGO_SETTINGS_MODULE="torque_sso.settings",
    )
    flood = [flooding(str(entra.pk), str(number), environment) for number in range(3)]
    assert [process.stdout.readline() for process in flood if process.stdout] == ["ready\n"] * 3
    for process in flood:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    results = [line for process in flood for line in process.communicate(timeout=60)[0].split()]
    assert sorted(results) == ["known"] * 30 + ["oidc-unknown-key"] * 30
    assert 1 <= keys.asked <= 6
