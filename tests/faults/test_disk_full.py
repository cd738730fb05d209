"""The disk of an installation on SQLite is full: every request is answered with 503, and nothing is half done or lost.

The disk is a limit on the size of files (RLIMIT_FSIZE), set and lifted in running processes. It needs no rights, and
SQLite fails in the same place: at the write that does not fit any more.
"""

import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.faults import company, invariants
from tests.faults.company import Company
from tests.faults.processes_of import family
from tests.faults.scim_client import ScimClient
from tests.integration.http_journey import HttpJourney


@dataclass
class Disk:
    """Of the web processes. `log`: SQLite's write-ahead log, which each change makes longer."""

    processes: list[int]
    log: Path

    def is_full(self) -> None:
        self._limit(self.log.stat().st_size)

    def has_space(self) -> None:
        self._limit(resource.RLIM_INFINITY)

    def _limit(self, size: int) -> None:
        for process in self.processes:
            resource.prlimit(process, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@dataclass
class Installation:
    origin: str
    acme: Company
    disk: Disk
    scim: ScimClient
    database: sqlite3.Connection

    def get(self, path: str) -> requests.Response:
        return requests.get(f"{self.origin}{path}", allow_redirects=False, timeout=30)

    def gets_ready(self) -> bool:
        """Each process looks at its database once a second (`torque_sso.health`)."""
        for _ in range(100):
            if self.get("/readyz").status_code == 200:
                return True
            time.sleep(0.1)
        return False

    def sign_in(self) -> requests.Response:
        return self.get(f"/login/sso/{self.acme.connection.id}")


@pytest.fixture
def torque(tmp_path: Path) -> Iterator[Installation]:
    """Running, with some people in it. Somebody reads all the time, so the log never becomes shorter."""
    acme, file = company.found(tmp_path), tmp_path / "torque-sso.sqlite3"
    with acme.web(tmp_path) as (origin, process), closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("BEGIN")
        database.execute("SELECT COUNT(*) FROM accounts_user").fetchall()
        scim = ScimClient(origin, acme.token)
        assert [scim.create(f"p{number}@acme.example").status_code for number in range(4)] == [201] * 4
        yield Installation(origin, acme, Disk(family(process.pid), Path(f"{file}-wal")), scim, database)


def test_a_full_disk_is_reported_and_nothing_is_half_done(torque: Installation) -> None:
    torque.disk.is_full()
    refused, page = torque.scim.create("dana@acme.example"), torque.sign_in()
    assert (refused.status_code, refused.json()["status"], refused.headers["Retry-After"]) == (503, "503", "1")
    assert (page.status_code, "Nothing was saved" in page.text) == (503, True)
    assert (torque.get("/readyz").status_code, torque.get("/healthz").status_code) == (503, 200)
    assert torque.scim.ask("GET", "/Users?count=1").json()["totalResults"] == 7  # reading goes on
    torque.disk.has_space()
    assert torque.gets_ready()
    assert torque.scim.create("dana@acme.example").status_code == 201
    assert HttpJourney(torque.origin, torque.acme.connection).log_in("dana@acme.example").status_code == 303
    database = torque.database
    database.execute("COMMIT")
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert invariants.broken(lambda query: database.execute(query).fetchall()) == {}
