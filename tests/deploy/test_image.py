"""The container image holds what the product needs, and each service of compose.yaml starts from it."""

import json
import re
import tomllib
import urllib.request
from collections.abc import Iterator

import pytest

from tests.deploy.image import Image, assembled
from tests.support import processes
from tools import servers
from tools.setup import ROOT

COMPLAINT = re.compile(r"warning|error|traceback|failed", re.IGNORECASE)


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    """The image with a database in it, made by the first command of the service `migrate`."""
    with assembled() as image:
        image.run(image.shell_commands("migrate")[0])
        yield image


def test_the_second_command_of_migrate_is_there(image: Image) -> None:
    """It needs PostgreSQL: `tests/integration/test_audit_grants.py` runs it."""
    _, grant = image.shell_commands("migrate")
    assert "owns nothing" in image.run([*grant, "--help"])


def get(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
        return str(answer.read().decode())


def test_the_whole_product_is_there_and_nothing_else(image: Image) -> None:
    rooms = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
    folders = {path.name for path in image.app.iterdir() if path.is_dir()}
    assert folders == {*rooms, "templates", "static"} - {"tools"}


def test_the_product_finds_nothing_wrong_with_itself(image: Image) -> None:
    assert "no issues" in image.run(image.command("python", "manage.py", "check"))


def test_the_web_service_answers(image: Image) -> None:
    port, log = servers.free_port(), image.writable / "web.log"
    command = [part.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for part in image.service("web")]
    with processes.started(command, log, image.environment, lambda: servers.answers(port), image.app):
        assert json.loads(get(port, "/healthz")) == {"status": "ok"}
        page = get(port, "/login")
        assert "Log in with SSO" in page
        assert get(port, re.findall(r'href="(/static/[^"]+\.css)', page)[0])
    assert [line for line in log.read_text().splitlines() if COMPLAINT.search(line)] == []


def test_the_worker_gets_ready(image: Image) -> None:
    log = image.writable / "worker.log"
    with processes.started(
        image.service("worker"), log, image.environment, lambda: b" ready." in log.read_bytes(), image.app
    ):
        assert "accounts.tasks.sweep" in log.read_text()


def test_the_clock_keeps_its_schedule(image: Image) -> None:
    log = image.writable / "beat.log"

    def has_begun() -> bool:
        return any(image.writable.glob("beat-schedule*"))

    with processes.started(image.service("beat"), log, image.environment, has_begun, image.app) as beat:
        assert beat.poll() is None
