"""The provisioning log of a real web server: written soon after, and at the latest when the server stops."""

import json
import signal
import time
import urllib.request
from pathlib import Path

import pytest

from accounts.audit.audit import OPERATOR
from accounts.tokens import tokens
from scim.models import ProvisioningRequest
from tests.support import processes
from tests.support.cast import Cast
from tests.support.secrets_in_logs import secret
from tools import servers

pytestmark = pytest.mark.django_db(transaction=True)


def ask(origin: str, token: str) -> int:
    request = urllib.request.Request(f"{origin}/api/scim/Users?count=1", headers={"Authorization": token})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return len(json.load(answer)["Resources"])


def written(count: int, within: float) -> bool:
    ends = time.monotonic() + within
    while time.monotonic() < ends and ProvisioningRequest.objects.count() < count:
        time.sleep(0.1)
    return ProvisioningRequest.objects.count() == count


@pytest.fixture
def token(cast: Cast) -> str:
    return secret(tokens.issue_service_token(cast.acme, "Okta", ["Manage Users"], acting=OPERATOR)[1])


def test_a_line_is_there_within_seconds(web: str, token: str) -> None:
    assert ask(web, token) == 1
    assert written(1, within=10)


def test_a_server_that_stops_writes_what_waits(product_environment: dict[str, str], token: str, tmp_path: Path) -> None:
    port = servers.free_port()
    environment = {**product_environment, "BASE_URL": f"http://localhost:{port}"}
    with processes.web_server(tmp_path, environment, port, stop=signal.SIGTERM) as origin:
        for _ in range(7):
            ask(origin, token)
    assert written(7, within=10)
