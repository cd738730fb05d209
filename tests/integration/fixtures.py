"""Real servers around a test: `redis` (its own, may be stopped), `worker` and `web` on the test's own database.

For tests that need `@pytest.mark.django_db(transaction=True)`: other processes see only what is committed.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.integration.redis_server import RedisServer
from tests.support import processes
from tools import servers


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    """This test's own Redis."""
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def broker_url(request: pytest.FixtureRequest) -> str:
    """Where tasks go: to the test's own Redis, or to the given one, there in a database that no other runner uses.

    A worker that hears of another test's task takes it from that test and does it in the wrong database.
    """
    given = os.environ.get("TEST_REDIS_URL")
    if given and "redis" not in request.fixturenames:
        number = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
        return urlsplit(given)._replace(path=f"/{number}").geturl()
    own: RedisServer = request.getfixturevalue("redis")
    return own.url


@pytest.fixture
def product_environment(transactional_db: None, broker_url: str, tmp_path: Path) -> dict[str, str]:
    """What every process of the product gets in this test."""
    database = processes.database_url()
    return processes.product_environment(DATABASE_URL=database, REDIS_URL=broker_url, STATE_DIR=str(tmp_path))


@pytest.fixture
def worker(product_environment: dict[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A real Celery worker, ready. It logs to `tmp_path / "worker.log"`."""
    with processes.worker_process(tmp_path, product_environment) as process:
        yield process


@pytest.fixture
def web(product_environment: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """The origin of a real web server, which sends its tasks to `broker_url`."""
    port = servers.free_port()
    environment = {**product_environment, "BASE_URL": f"http://localhost:{port}"}
    with processes.web_server(tmp_path, environment, port) as origin:
        yield origin
