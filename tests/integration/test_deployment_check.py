"""`check --deploy` in a process of its own, with the environment that `compose.yaml` gives the web server."""

import re
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.db import connection

from tests.support.commands import run
from tests.support.processes import database_url, outside
from tools.setup import ROOT

pytestmark = [pytest.mark.django_db(transaction=True)]
COMPOSE = (ROOT / "compose.yaml").read_text()
VALUES = {
    "POSTGRES_PASSWORD": "0a1b2c3d4e5f",
    "APPLICATION_PASSWORD": "f5e4d3c2b1a0",
    "BASE_URL": "https://sso.example.com",
    "SECRET_KEY": "kT9xqL0vZm3Bw8Rj5Ny2Hd7Gc4XfQp6s",
    "ENCRYPTION_KEYS": "Jw3nYb8eTk1uMz5cVg9aRd2hLf7oSx4i",
}


@pytest.fixture
def role(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An application role of this test's database, as the service `migrate` makes it."""
    name = f"app_of_{connection.settings_dict['NAME']}"
    monkeypatch.setenv("APPLICATION_PASSWORD", VALUES["APPLICATION_PASSWORD"])
    run("grant_application_role", name, "--password-from", "APPLICATION_PASSWORD")
    yield name
    with connection.cursor() as cursor:
        cursor.execute(f'DROP OWNED BY "{name}"')
        cursor.execute(f'DROP ROLE "{name}"')


def environment() -> dict[str, str]:
    """What compose.yaml gives the product, with VALUES in place of what `.env` sets."""
    [block] = re.findall(r"environment: &environment\n((?:    \w+: .+\n)+)", COMPOSE)
    found = dict(line.strip().split(": ", 1) for line in block.splitlines())
    return {name: _filled(text.partition("  #")[0]) for name, text in found.items()}


def _filled(text: str) -> str:
    """With VALUES, else with the default that stands there (`${NAME:-default}`)."""
    return re.sub(r"\$\{(\w+):[-?]([^}]*)\}", lambda match: VALUES.get(match[1], match[2]), text)


def check(role: str = "", **changed: str) -> subprocess.CompletedProcess[str]:
    """As `role` at this test's database; without one as the role of the test, which owns everything."""
    own = urlsplit(database_url())
    own = own._replace(netloc=f"{role}:{VALUES['APPLICATION_PASSWORD']}@{own.hostname}:{own.port}") if role else own
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    given = {**outside(), **environment(), "DATABASE_URL": own.geturl(), **changed}
    return subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, timeout=120)


def test_the_installation_of_compose_is_clean(role: str) -> None:
    done = check(role)
    assert (done.returncode, done.stderr) == (0, "")
    assert "no issues" in done.stdout


def test_the_owner_of_the_tables_is_not(role: str) -> None:
    done = check()
    assert done.returncode == 1
    assert re.findall(r"torque\.\w+", done.stderr) == ["torque.E004"]


def test_debug_with_an_origin_in_the_clear_is_not(role: str) -> None:
    done = check(role, DEBUG="1", BASE_URL="http://sso.example.com")
    assert {"torque.E001", "torque.E002"} <= set(re.findall(r"torque\.\w+", done.stderr))


def test_compose_runs_migrations_alone_as_the_owner() -> None:
    [migrate] = re.findall(r"\n  migrate:\n((?:    .+\n)+)", COMPOSE)
    assert urlsplit(environment()["DATABASE_URL"]).username == "torque_app"
    assert "DATABASE_URL: postgres://torque:" in migrate
    assert "grant_application_role torque_app --password-from APPLICATION_PASSWORD" in migrate
    assert COMPOSE.count("postgres://") == 2
