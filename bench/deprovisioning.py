"""`python -m bench.deprovisioning [--people N]`: deprovision a whole company by SCIM while a worker cleans up.

As fast as 8 connections can; PostgreSQL durable as delivered, Redis, one worker with one process. Fails when any user
keeps anything; rate, response time and memory are only reported.
"""

import argparse
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from bench.load import CONNECTIONS, Client, Request
from bench.population import identity
from tests.faults.processes_of import family, resident
from tests.support import processes
from tools import servers
from tools.setup import ROOT

PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
DEACTIVATE = {"schemas": [PATCH], "Operations": [{"op": "replace", "value": {"active": False}}]}
SAMPLED_EVERY = 0.2  # seconds
PATIENCE = 600  # seconds for the worker, after the last answer


@dataclass(frozen=True)
class Measured:
    """Requests a second, seconds of a response, seconds until all clean-up was done, bytes of memory."""

    rate: float
    p95: float
    finished_after: float
    memory: list[int] = field(repr=False)

    @property
    def growth(self) -> tuple[float, float]:
        """Memory of the worker in the first and in the last third, on average, in MB."""
        third = max(1, len(self.memory) // 3)
        return tuple(statistics.fmean(part) / 2**20 for part in (self.memory[:third], self.memory[-third:]))  # type: ignore[return-value]

    def __str__(self) -> str:
        first, last = self.growth
        return (
            f"{self.rate:.0f} users a second, responses within {self.p95 * 1000:.0f} ms (p95), all clean-up done"
            f" {self.finished_after:.1f} s after the first request; worker {first:.0f} MB, at last {last:.0f} MB"
        )


def deprovision(client: Client, people: list[UUID], worker: int, left: Callable[[], int]) -> Measured:
    """Deprovision all of `people`. `left` counts what they still have. Raises bench.load.Unexpected."""
    requests = [Request("PATCH", f"/api/scim/Users/{person}", 200, DEACTIVATE) for person in people]
    with watching(worker) as memory:
        began = time.monotonic()
        client.send(iter(requests), len(requests))
        took = time.monotonic() - began
        until = time.monotonic() + PATIENCE
        while left() and time.monotonic() < until:
            time.sleep(SAMPLED_EVERY)
        finished_after = time.monotonic() - began
    p95 = statistics.quantiles(client.times[-len(people) :], n=20)[-1]
    return Measured(len(people) / took, p95, finished_after, memory)


@contextmanager
def watching(worker: int) -> Iterator[list[int]]:
    """Samples of the memory of a worker with its child process."""
    samples: list[int] = []
    over = threading.Event()
    pids = family(worker)

    def sample() -> None:
        while not over.wait(SAMPLED_EVERY):
            samples.append(sum(map(resident, pids)))

    watch = threading.Thread(target=sample)
    watch.start()
    try:
        yield samples
    finally:
        over.set()
        watch.join()


def fill(people: int, tokens: int) -> list[str]:
    """As `bench.population.fill`; each of the people is in a group and in a space."""
    from accounts.audit.audit import OPERATOR
    from accounts.groups.groups import create_group
    from accounts.models import GroupMembership, User
    from bench import population
    from spaces.models import SpaceMembership
    from spaces.spaces import create_space, space_role_named

    texts = population.fill(people, tokens)
    users = list(User.objects.filter(origin="scim").select_related("account"))
    account = users[0].account
    own = [{"account": account, "user": user, "origin": "manual"} for user in users]
    group, space = (
        create_group(account, "Everybody", acting=OPERATOR)[0],
        create_space(account, "QA", acting=OPERATOR)[0],
    )
    role = space_role_named(account, "Space Member")
    GroupMembership.objects.bulk_create((GroupMembership(**one, group=group) for one in own), batch_size=5000)
    SpaceMembership.objects.bulk_create(
        (SpaceMembership(**one, space=space, role=role) for one in own), batch_size=5000
    )
    return texts


LEFT_OVER = """
SELECT (SELECT COUNT(*) FROM accounts_user WHERE clean_up_due_since IS NOT NULL)
 + (SELECT COUNT(*) FROM accounts_groupmembership) + (SELECT COUNT(*) FROM spaces_spacemembership)
 + (SELECT COUNT(*) FROM accounts_user WHERE origin = 'scim' AND state <> 'deprovisioned')
"""
FINISHED = "SELECT COUNT(*) FROM accounts_auditentry WHERE action = 'user.clean-up-finished'"


def measure(people: int, folder: Path) -> Measured:
    with ExitStack() as stack:
        programs = servers.find_programs()
        durable = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
        url = stack.enter_context(servers.postgres(programs, servers.POSTGRES_SETTINGS | durable))
        redis = stack.enter_context(servers.redis(programs.redis))
        environment = _environment(DATABASE_URL=url, REDIS_URL=redis, STATE_DIR=str(folder))
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
        command = [sys.executable, "-m", "bench.deprovisioning", "--fill", "--people", str(people)]
        filled = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        port = servers.free_port()
        stack.enter_context(processes.web_server(folder, environment, port, "--keep-alive", "30"))
        worker = stack.enter_context(processes.worker_process(folder, environment))
        numbers = [identity(number) for number in range(1, people + 1)]
        clients = Client(port, json.loads(filled.stdout))
        measured = deprovision(clients, numbers, worker.pid, lambda: _count(url, LEFT_OVER))
        left, finished = _count(url, LEFT_OVER), _count(url, FINISHED)
        if left or finished != people:
            sys.exit(f"{left} still have something, and {finished} of {people} clean-ups are in the audit log.")
        return measured


def _environment(**own: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "BASE_URL": "http://localhost:8000",
        "SECRET_KEY": secrets.token_hex(32),
        "ENCRYPTION_KEYS": secrets.token_hex(32),
        **own,
    }


def _count(url: str, query: str) -> int:
    import psycopg

    with psycopg.connect(url) as connection:
        return int(connection.execute(query).fetchall()[0][0])


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.deprovisioning")
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--fill", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.fill:
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "torque_sso.settings")
        django.setup()
        print(json.dumps(fill(given.people, CONNECTIONS)))
        return
    load = f"load before {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    print(f"{given.people:,} users deprovisioned: {CONNECTIONS} connections, one worker, {load}")
    with tempfile.TemporaryDirectory() as folder:
        print(measure(given.people, Path(folder)))


if __name__ == "__main__":
    main()
