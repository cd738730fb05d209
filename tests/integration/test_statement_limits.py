"""PostgreSQL gives up a statement that takes too long, and the response says so."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
import requests
from django.conf import settings

from accounts.audit.audit import OPERATOR
from accounts.tokens import tokens
from common.db import statement_limits
from tests.support import processes
from tests.support.cast import Cast
from tools import servers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hurried_web(product_environment: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """A web server whose statements may take 300 ms."""
    port = servers.free_port()
    database = f"{product_environment['DATABASE_URL']}?options={quote('-c statement_timeout=300ms')}"
    more = {"BASE_URL": f"http://localhost:{port}", "DATABASE_URL": database}
    with processes.web_server(tmp_path, {**product_environment, **more}, port) as origin:
        yield origin


def test_a_request_that_waits_too_long_for_the_database_is_answered_503(cast: Cast, hurried_web: str) -> None:
    _, token = tokens.issue_token(cast.alice, "test", ["Manage Users"], acting=OPERATOR)
    with psycopg.connect(processes.database_url()) as other:
        other.execute("LOCK TABLE accounts_account, accounts_apitoken")  # as a query that takes too long
        page = requests.get(f"{hurried_web}/login", timeout=10)
        me = requests.get(f"{hurried_web}/api/me", headers={"Authorization": token}, timeout=10)
    assert [(answer.status_code, answer.headers["Retry-After"]) for answer in (page, me)] == [(503, "5")] * 2
    assert "Service unavailable" in page.text
    assert requests.get(f"{hurried_web}/login", timeout=10).status_code == 200


@pytest.mark.parametrize("seconds", [statement_limits.WEB, statement_limits.WORKER])
def test_the_limits_are_those_of_the_process(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    options: dict[str, Any] = {}
    monkeypatch.setitem(settings.DATABASES["default"], "OPTIONS", options)
    statement_limits.limit_statements(seconds)
    with psycopg.connect(processes.database_url(), options=options["options"]) as connection:
        shown = [connection.execute(f"SHOW {name}").fetchone() for name in NAMES]
    assert shown == [("15s" if seconds == 15 else "2min",), ("1min",)]


NAMES = ("statement_timeout", "idle_in_transaction_session_timeout")
