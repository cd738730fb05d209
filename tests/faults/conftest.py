"""What breaks while the product runs. Marked `services`: real processes on PostgreSQL and Redis, ended on purpose.

A test asserts that work completes and nothing is half done; how long it took is printed where it is of interest.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts.audit.audit import OPERATOR
from accounts.models import Connection
from accounts.tokens import tokens
from tests.faults.scim_client import ScimClient
from tests.integration.fixtures import broker_url, product_environment, redis, worker
from tests.support import processes
from tests.support.cast import Cast
from tests.support.journeys import signed_connection
from tests.support.secrets_in_logs import secret
from tools import servers

__all__ = ["broker_url", "product_environment", "redis", "worker"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.services)


@pytest.fixture
def okta(cast: Cast) -> Connection:
    """Acme's live SAML connection."""
    return signed_connection(cast.acme)


@pytest.fixture
def service_token(cast: Cast) -> str:
    """A token of Acme itself that may provision."""
    return secret(tokens.issue_service_token(cast.acme, "Okta", ["Manage Users"], acting=OPERATOR)[1])


@pytest.fixture
def web(product_environment: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """The origin of a real web server; it loads the product once for both its processes, as tests here are many."""
    port = servers.free_port()
    environment = {**product_environment, "BASE_URL": f"http://localhost:{port}"}
    with processes.web_server(tmp_path, environment, port, "--preload") as origin:
        yield origin


@pytest.fixture
def scim(web: str, service_token: str) -> ScimClient:
    """A client at the real web server."""
    return ScimClient(web, service_token)
