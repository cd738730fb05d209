"""The product as real processes, for tests: web server and worker on a given database, ended by their own ids."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from tools import servers, setup

AT_ONCE = signal.SIGQUIT  # for gunicorn and Celery: nobody waits at the end of a test
READY_WITHIN = 40.0  # seconds; a worker needs about 4, more on a busy machine


class DidNotStart(AssertionError):
    """A process ended, or was not ready in time; the message has the end of its log."""


def product_environment(**more: str) -> dict[str, str]:
    """The environment of a product process that shares database and secrets with this test."""
    return {
        **outside(),
        "SECRET_KEY": settings.SECRET_KEY,
        "ENCRYPTION_KEYS": ",".join(settings.ENCRYPTION_KEYS),
        "BASE_URL": settings.BASE_URL,
        "OUTBOUND_ALLOWLIST": ",".join(settings.OUTBOUND_ALLOWLIST),
        "PYTHONUNBUFFERED": "1",
        **more,
    }


def outside() -> dict[str, str]:
    """The environment of this test, without what would make a process a part of the product."""
    own = {"DATABASE_URL", "REDIS_URL", "TEST_REDIS_URL", "SECRET_KEY", "ENCRYPTION_KEYS", "BASE_URL"}
    return {name: value for name, value in os.environ.items() if name not in own}


def database_url() -> str:
    """Address of this test's own database. It must be PostgreSQL: another process cannot share a SQLite in memory."""
    database = connection.settings_dict
    assert connection.vendor == "postgresql", "Tests marked `services` need PostgreSQL: run them with `make test`."
    password = f":{database['PASSWORD']}" if database["PASSWORD"] else ""
    return f"postgres://{database['USER']}{password}@{database['HOST']}:{database['PORT']}/{database['NAME']}"


@contextmanager
def web_server(
    folder: Path, environment: dict[str, str], port: int, *options: str, stop: signal.Signals = AT_ONCE
) -> Iterator[str]:
    """Gunicorn on loopback; gives its origin."""
    with web_process(folder, environment, port, *options, stop=stop):
        yield f"http://localhost:{port}"


@contextmanager
def web_process(
    folder: Path, environment: dict[str, str], port: int, *options: str, stop: signal.Signals = AT_ONCE
) -> Iterator[subprocess.Popen[bytes]]:
    """As `web_server`; gives gunicorn's first process."""
    command = [sys.executable, "-m", "gunicorn", "torque_sso.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", "2", *options]
    with started(
        command, folder / "web.log", environment, answers_http(f"http://127.0.0.1:{port}/"), stop=stop
    ) as process:
        yield process


@contextmanager
def worker_process(
    folder: Path, environment: dict[str, str], app: str = "torque_sso", pool: str = "prefork"
) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker that takes tasks from the environment's REDIS_URL. Pool `solo`: it works in this one process."""
    command = [sys.executable, "-m", "celery", "-A", app, "worker", "--concurrency", "1", "--loglevel", "INFO"]
    log = folder / "worker.log"
    options = ["--without-gossip", "--without-mingle", "--hostname", f"{os.getpid()}@localhost", "--pool", pool]

    def is_ready() -> bool:
        return bool(re.search(rb"\bready\.", log.read_bytes()))

    with started([*command, *options], log, environment, is_ready, stop=AT_ONCE) as one:
        yield one


@contextmanager
def started(
    command: list[str],
    log: Path,
    environment: dict[str, str],
    is_ready: Callable[[], bool],
    folder: Path = setup.ROOT,
    stop: signal.Signals = signal.SIGTERM,
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is ready. Raises DidNotStart."""
    with servers.running(command, log, environment, stop, folder, with_children=True) as process:
        wait_until(lambda: process.poll() is not None or is_ready(), f"{command[2:5]} to be ready", log)
        if process.poll() is not None:
            raise DidNotStart(f"{command} ended: {_end_of(log)}")
        yield process


def wait_until(is_true: Callable[[], object], what: str, log: Path | None = None, within: float = READY_WITHIN) -> None:
    """Waits for something to become true. Raises DidNotStart."""
    until = time.monotonic() + within
    while not is_true():
        if time.monotonic() > until:
            raise DidNotStart(f"Waited {within:.0f} s for {what}. {_end_of(log) if log else ''}")
        time.sleep(0.05)


def answers_http(address: str) -> Callable[[], bool]:
    """Whether a server answers there, with whatever status."""

    def answers() -> bool:
        try:
            urllib.request.urlopen(address, timeout=2)
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    return answers


def _end_of(log: Path) -> str:
    return log.read_text(errors="replace")[-3000:]
