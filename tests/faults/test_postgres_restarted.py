"""PostgreSQL crashes and comes back under load: nothing is half done, and one retry is served."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Event

import psycopg
import pytest
import requests

from tests.faults import company, invariants
from tests.faults.company import Company
from tests.faults.scim_client import ScimClient
from tests.integration.http_journey import HttpJourney
from tests.support.processes import wait_until
from tools import servers
from tools.servers import PostgresServer

# What a commit says must be true after a crash of the server; a crash of the machine is not made here.
DURABLE = {**servers.POSTGRES_SETTINGS, "synchronous_commit": "on"}
CRASHES = 2
BETWEEN = 15  # people provisioned, by all clients together


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    with servers.postgres_server(servers.find_programs(), DURABLE) as server:
        yield server


@pytest.fixture
def acme(postgres: PostgresServer, tmp_path: Path) -> Company:
    return company.found(tmp_path, DATABASE_URL=postgres.url)


@dataclass
class Load:
    """Clients that go on until `over`; each request that fails is sent once more when the database `is_up`."""

    origin: str
    acme: Company
    numbers: Iterator[int] = field(default_factory=count)
    is_up: Event = field(default_factory=Event)
    over: Event = field(default_factory=Event)
    done: list[str] = field(default_factory=list)  # names of people whose provisioning was answered
    came_in: list[str] = field(default_factory=list)
    again: int = 0

    def wait(self) -> None:
        self.again += 1
        assert self.is_up.wait(60)

    def provision(self) -> None:
        scim = ScimClient(self.origin, self.acme.token, self.wait)
        while not self.over.is_set():
            name = f"p{next(self.numbers)}@acme.example"
            made = scim.create(name)
            assert made.status_code in (201, 409), made.text  # 409: it was done, only the answer was lost
            user_id = made.json().get("id") or self._id_of(scim, name)
            for change in ({"displayName": "New"}, {"active": False}):
                changed = scim.set(user_id, **change)
                assert changed.status_code == 200, changed.text
            self.done.append(name)

    def _id_of(self, scim: ScimClient, name: str) -> str:
        found = scim.ask("GET", f'/Users?filter=userName eq "{name}"').json()
        return str(found["Resources"][0]["id"])

    def sign_in(self) -> None:
        while not self.over.is_set():
            email = f"d{next(self.numbers)}@acme.example"
            if not self._signed_in(email):
                self.wait()
                assert self._signed_in(email)
            self.came_in.append(email)

    def _signed_in(self, email: str) -> bool:
        try:
            return HttpJourney(self.origin, self.acme.connection).log_in(email).status_code == 303
        except (AssertionError, requests.ConnectionError, requests.Timeout):
            return False


def crash(postgres: PostgresServer, load: Load) -> None:
    """The first one lasts until a request has met it: otherwise all may wait in the pool, and none fails."""
    load.is_up.clear()
    postgres.stop(how=servers.signal.SIGQUIT)
    wait_until(lambda: load.again > 0, "a request that meets the crash")
    postgres.start()
    load.is_up.set()


def test_nothing_is_half_done_and_asking_once_more_is_enough(
    postgres: PostgresServer, acme: Company, tmp_path: Path
) -> None:
    with acme.web(tmp_path) as (origin, _), ThreadPoolExecutor(3) as clients:
        load = Load(origin, acme)
        load.is_up.set()
        work: list[Callable[[], None]] = [load.provision, load.provision, load.sign_in]
        running = [clients.submit(one) for one in work]
        try:
            for turn in range(CRASHES + 1):
                wait_until(
                    lambda turn=turn: len(load.done) >= BETWEEN * (turn + 1) or any(one.done() for one in running),
                    "people to be provisioned",
                )
                if turn < CRASHES:
                    crash(postgres, load)
        finally:
            load.over.set()
            load.is_up.set()
        for one in running:
            one.result()
    acme.manage("sweep")
    print(f"{len(load.done)} provisioned, {len(load.came_in)} signed in, {load.again} requests sent again")
    assert load.again > 0
    with psycopg.connect(postgres.url) as database:
        assert invariants.broken(lambda query: database.execute(query).fetchall()) == {}
        assert kept(database, load) == (len(load.done), len(load.came_in))


def kept(database: "psycopg.Connection[tuple[int]]", load: Load) -> tuple[int, ...]:
    """Of those whose requests were answered with success: how many the database knows so."""
    queries = {
        """SELECT COUNT(*) FROM accounts_user WHERE state = 'deprovisioned' AND display_name = 'New'
           AND clean_up_due_since IS NULL AND email = ANY(%s)""": load.done,
        "SELECT COUNT(*) FROM accounts_user WHERE state = 'active' AND email = ANY(%s)": load.came_in,
    }
    return tuple(database.execute(query, [names]).fetchall()[0][0] for query, names in queries.items())
