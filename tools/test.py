"""`make test`: the whole suite on SQLite, then again on PostgreSQL and Redis with a real worker and a real browser."""

import base64
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools import servers
from tools.setup import ROOT

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass
class Count:
    """Numbers of tests that passed, failed (or could not run) and were skipped; `green`: pytest's own verdict."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    green: bool = True

    def __add__(self, other: "Count") -> "Count":
        totals = (self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)
        return Count(*totals, green=self.green and other.green)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed" + (f", {self.skipped} skipped" if self.skipped else "")


def pytest(title: str, arguments: list[str], environment: dict[str, str]) -> Count:
    """Run pytest with `environment` on top of a clean one, and count."""
    print(f"\n--- {title} ---", flush=True)
    with tempfile.TemporaryDirectory(prefix="torque-state-") as state:
        report = Path(state) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "--junit-xml", str(report), *arguments]
        outside = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        outcome = subprocess.run(command, cwd=ROOT, env={**outside, "STATE_DIR": state, **environment})
        return counted(report, green=outcome.returncode == 0)


def counted(report: Path, green: bool) -> Count:
    """Return the numbers of a JUnit report; a run without one did not get as far as its tests."""
    if not report.exists():
        return Count(failed=1, green=False)
    count = Count(green=green)
    for suite in ElementTree.parse(report).getroot():
        number = {name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")}
        bad = number["failures"] + number["errors"]
        passed = max(0, number["tests"] - bad - number["skipped"])
        count += Count(passed, bad, number["skipped"])
    if count.passed + count.failed == 0:
        print("No test ran.")
        count += Count(failed=1, green=False)
    return count


def on_sqlite(arguments: list[str]) -> Count:
    return pytest("On SQLite", ["-n", "2", "-m", "not services and not browser and not idps", *arguments], {})


def on_servers(arguments: list[str], browser: dict[str, str], left_out: str) -> Count:
    """The second half. Tasks run in this process as on SQLite, but for tests marked `services`, which start workers."""
    marks = f"not idps{left_out}" if browser else "not idps and not browser"
    with ExitStack() as stack:
        environment = stack.enter_context(service_environment())
        title = f"On PostgreSQL and Redis ({environment['DATABASE_URL'].rsplit('@')[-1]})"
        return pytest(title, ["-n", "2", "--dist", "loadgroup", "-m", marks, *arguments], {**environment, **browser})


@contextmanager
def service_environment() -> Iterator[dict[str, str]]:
    """DATABASE_URL as given, else of a throwaway server; a given REDIS_URL. Raises NoServerError.

    The Redis goes to tests as TEST_REDIS_URL, because a REDIS_URL would send every test's tasks to a worker. Where none
    is given, each test that needs one starts its own."""
    database, redis = os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL")
    programs = servers.find_programs()
    with ExitStack() as stack:
        database = database or stack.enter_context(servers.postgres(programs))
        yield {
            "DATABASE_URL": database,
            **({"TEST_REDIS_URL": redis} if redis else {}),
            "TEST_REDIS_PROGRAM": str(programs.redis),
            **_installation(),
        }


def _installation() -> dict[str, str]:
    """Settings that the product needs with a DATABASE_URL; the secrets end with the run."""
    return {
        "BASE_URL": "http://localhost:8000",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "ENCRYPTION_KEYS": base64.urlsafe_b64encode(os.urandom(32)).decode(),
    }


def find_browser() -> dict[str, str]:
    """Return the variable with the path of Chromium; empty when TEST_BROWSER=off. Exits when there is none."""
    if os.environ.get("TEST_BROWSER") == "off":
        print("*** TEST_BROWSER=off: no test in a real browser is run. ***", flush=True)
        return {}
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        sys.exit(
            "No Chromium on this machine: install it (Debian: apt-get install chromium), name it in CHROMIUM, "
            "or leave browser tests out with TEST_BROWSER=off."
        )
    return {"CHROMIUM": found}


def without_nginx() -> str:
    """Return what to leave out without nginx, for pytest's `-m`. Exits instead when CI is set."""
    try:
        servers.find_nginx()
    except servers.NoServerError as problem:
        if os.environ.get("CI"):
            sys.exit(str(problem))
        print(f"*** {problem} The installation behind TLS is not tested. ***", flush=True)
        return " and not nginx"
    return ""


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers are stopped
    browser = find_browser()
    left_out = without_nginx() if browser else ""
    total = on_sqlite(arguments)
    if os.environ.get("TEST_SERVICES") == "off":
        print("*** TEST_SERVICES=off: nothing is tested on PostgreSQL, Redis or a real worker. ***", flush=True)
        if browser:
            total += pytest("In a browser", ["-m", f"browser and not services{left_out}", *arguments], browser)
    else:
        try:
            total += on_servers(arguments, browser, left_out)
        except servers.NoServerError as problem:
            print(f"{problem}\nInstall PostgreSQL and Redis, or leave their half out with TEST_SERVICES=off.")
            total += Count(failed=1, green=False)
    print(f"\n{total}", flush=True)
    return 0 if total.green and not total.failed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
