"""A real Chromium against `python -m demo`: the product and the stand-in IdP as a newcomer runs them."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, StorageState, sync_playwright

from demo.safe import Safe
from tests.browser.acme import Acme
from tools.servers import free_port
from tools.test import find_browser

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
READY_WITHIN = 180  # seconds; about 5 on a quiet machine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Two halves, every other file in each: a demo and a browser for each runner, and none for each file."""
    ours = [item for item in items if Path(__file__).parent in item.path.parents]
    places = {path: place for place, path in enumerate(sorted({item.path for item in ours}))}
    for item in ours:
        item.add_marker(pytest.mark.xdist_group(f"browser-{places[item.path] % 2}"))


@pytest.fixture(scope="package")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Acme]:
    """The demo, freshly prepared on free ports, ended as Ctrl-C ends it."""
    state, port, idp_port = tmp_path_factory.mktemp("demo"), free_port(), free_port()
    log = state / "demo.log"
    environment = {**os.environ, "STATE_DIR": str(state), "PORT": str(port), "IDP_PORT": str(idp_port)}
    # A `make test` on PostgreSQL names that database; the demo brings its own.
    environment = {name: value for name, value in environment.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    with log.open("wb") as output:
        demo = subprocess.Popen([sys.executable, "-m", "demo"], env=environment, stdout=output, stderr=output)
    try:
        _wait_until_ready(demo, log)
        product = {"BASE_URL": f"http://localhost:{port}", "OUTBOUND_ALLOWLIST": f"127.0.0.1:{idp_port}"}
        password = Safe(state / "demo").secret("alice-password")
        yield Acme(product["BASE_URL"], f"http://127.0.0.1:{idp_port}", {**environment, **product}, password)
    finally:
        demo.send_signal(signal.SIGINT)
        assert demo.wait(timeout=20) == 0


def _wait_until_ready(demo: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(READY_WITHIN * 10):
        if b"What to try" in log.read_bytes():
            return
        try:
            demo.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    raise AssertionError(f"The demo did not start: {log.read_text()[-3000:]}")


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for the package: while it runs, Django's ORM refuses to work in this thread."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser()["CHROMIUM"], args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of a browser that has never been here. Nothing may go wrong in its console."""
    yield from _watched_page(chromium)


@pytest.fixture
def page_over_tls(chromium: Browser) -> Iterator[Page]:
    """As `page`, of a browser that takes a self-signed certificate."""
    yield from _watched_page(chromium, ignore_https_errors=True)


@pytest.fixture(scope="package")
def signed_in(acme: Acme, chromium: Browser) -> StorageState:
    """Alice's cookies: she signed in once, with her password."""
    context = chromium.new_context(locale="en-GB")
    acme.sign_in_as_admin(context.new_page())
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(scope="package")
def as_prepared(acme: Acme, signed_in: StorageState, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demo's database from when only Alice had signed in."""
    copy = tmp_path_factory.mktemp("prepared") / "prepared.sqlite3"
    _copy(acme.database, copy)
    return copy


@pytest.fixture(scope="module", autouse=True)
def _as_prepared(acme: Acme, as_prepared: Path) -> None:
    """No file of tests sees what another one did, whichever the runner put before it."""
    _copy(as_prepared, acme.database)


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as from_there, closing(sqlite3.connect(target, timeout=20)) as to_there:
        from_there.backup(to_there)


@pytest.fixture(params=["scripts", "no scripts"])
def alice(chromium: Browser, signed_in: StorageState, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of the account admin, with and without JavaScript: everything works either way."""
    yield from _watched_page(chromium, storage_state=signed_in, java_script_enabled=request.param == "scripts")


@pytest.fixture
def alice_with_scripts(chromium: Browser, signed_in: StorageState) -> Iterator[Page]:
    """For what only scripts can do, and for axe, which is one."""
    yield from _watched_page(chromium, storage_state=signed_in)


def _watched_page(chromium: Browser, **options: Any) -> Iterator[Page]:
    context = chromium.new_context(locale="en-GB", **options)
    page = context.new_page()
    page.set_default_timeout(20_000)
    problems: list[str] = []
    page.on("console", lambda message: problems.extend(_problem(message)))
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert problems == []


def _problem(message: ConsoleMessage) -> list[str]:
    """Errors and warnings, but for Chromium's remark that a page was a 403 or 404: a refusal is one."""
    expected = "status of 403" in message.text or "status of 404" in message.text
    return [message.text] if message.type in ("error", "warning") and not expected else []
