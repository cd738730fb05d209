"""`python -m bench.lists [--users N] [--requests N] [--only NAME]`: how long the lists of a large company take.

Wall time of one request after the other, from gunicorn (2 workers) on PostgreSQL as delivered. The time depends on who
else uses the machine, so the load is printed, and nothing here fails.
"""

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.scim import DURABLE, product_environment, serving
from tools import servers
from tools.setup import ROOT

AIM = 150  # ms, median
WARM_UP = 3
PATIENCE = 120  # seconds
COMPANY = {"users": 100_000, "groups": 10_000, "spaces": 1_000, "entries": 200_000}

# Name, address. {user}, {group}, {space} stand for ids; what is a file is waited for until its first byte.
ADDRESSES: tuple[tuple[str, str], ...] = (
    ("users", "/users"),
    ("users, page 1,000", "/users?page=1000"),
    ("users, last page", "/users?page=99999"),
    ("users, search finds one", "/users?q=person.77777"),
    ("users, search finds many", "/users?q=given7"),
    ("users, search finds nobody", "/users?q=nobody-like-that"),
    ("users, two words", "/users?q=given77+family77"),
    ("users, waiting", "/users?state=pending"),
    ("users, waiting, page 500", "/users?state=pending&page=500"),
    ("users, created by SSO", "/users?origin=sso"),
    ("users, never logged in", "/users?seen=never"),
    ("users, dormant", "/users?seen=dormant"),
    ("users, by name", "/users?sort=name"),
    ("users, by name, page 1,000", "/users?sort=name&page=1000"),
    ("users, by state", "/users?sort=state"),
    ("users, by role", "/users?sort=role"),
    ("users, by last login", "/users?sort=-seen"),
    ("users of a space", "/users?space=Space+7"),
    ("users of a crowded space", "/users?space=Space+1"),
    ("users of a group", "/users?group=Group+7"),
    ("users of a crowded group", "/users?group=Group+1"),
    ("users as CSV", "/users/export.csv"),
    ("user", "/users/{user}"),
    ("groups", "/groups"),
    ("groups, last page", "/groups?page=99999"),
    ("groups, search", "/groups?q=group+77"),
    ("groups, search finds none", "/groups?q=nobody-like-that"),
    ("groups, mapped", "/groups?type=idp"),
    ("groups, by users", "/groups?sort=-users"),
    ("groups, by users, page 150", "/groups?sort=-users&page=150"),
    ("group, with what logins carried", "/groups/{group}"),
    ("group, roles", "/groups/{group}/roles"),
    ("group, users", "/groups/{group}/users"),
    ("group, users, page 300", "/groups/{group}/users?page=300"),
    ("group, users, search", "/groups/{group}/users?q=given7"),
    ("group, users, by name", "/groups/{group}/users?sort=name"),
    ("spaces", "/spaces"),
    ("spaces, by people", "/spaces?sort=-people"),
    ("spaces, search", "/spaces?q=space+77"),
    ("space, people", "/spaces/{space}"),
    ("space, people, page 300", "/spaces/{space}?page=300"),
    ("space, people, search", "/spaces/{space}?q=given7"),
    ("space, people, by name", "/spaces/{space}?sort=name"),
    ("space, groups", "/spaces/{space}/groups"),
    ("roles", "/roles"),
    ("connections", "/sso"),
    ("provisioning", "/provisioning"),
    ("provisioning requests", "/provisioning/requests"),
    ("provisioning requests, refused", "/provisioning/requests?outcome=refused"),
    ("provisioning requests, search", "/provisioning/requests?q=person.777%40"),
    ("provisioning requests, in vain", "/provisioning/requests?q=nobody-like-that"),
    ("people held", "/provisioning/held"),
    ("tokens", "/tokens"),
    ("tokens, search", "/tokens?q=CI+77"),
    ("tokens, never used", "/tokens?used=never"),
    ("logins", "/logins"),
    ("logins, page 300", "/logins?page=300"),
    ("logins, refused", "/logins?outcome=refused"),
    ("logins, search", "/logins?q=person.77%40"),
    ("audit log", "/audit"),
    ("audit log, of one person", "/audit?object=person.777%40"),
    ("audit log, in vain", "/audit?object=nobody-like-that"),
    ("audit log, by somebody", "/audit?actor=alice"),
    ("audit log, one action", "/audit?action=user.created"),
    ("audit log as CSV", "/audit/export.csv"),
)


@dataclass(frozen=True)
class Measured:
    """Milliseconds."""

    median: float
    slowest: float  # of twenty


class Visitor:
    """The admin, on one connection that is kept."""

    def __init__(self, port: int, cookie: str) -> None:
        self.port, self.headers = port, {"Cookie": cookie, "Host": "localhost", "Accept": "text/html"}
        self.connection = self._connect()

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def visit(self, path: str) -> tuple[int, float]:
        """The status, and the milliseconds until all of a page, or the first byte of a file, is here."""
        began = time.perf_counter()
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        is_page = answer.headers.get_content_type() == "text/html"
        answer.read() if is_page else answer.read(1)
        took = (time.perf_counter() - began) * 1000
        if not is_page:  # the rest of a file is of no interest
            self.connection.close()
            self.connection = self._connect()
        return answer.status, took

    def measure(self, path: str, number: int) -> Measured | int:
        """The status instead, when it is not the list that comes."""
        for _ in range(WARM_UP):
            status, _took = self.visit(path)
            if status != 200:
                return status
        times = sorted(self.visit(path)[1] for _ in range(number))
        return Measured(statistics.median(times), times[int(len(times) * 0.95) - 1])


@contextmanager
def company(sizes: dict[str, int], folder: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The port of a product with that company in it, and what `bench.company` printed of it."""
    with servers.postgres(servers.find_programs(), servers.POSTGRES_SETTINGS | DURABLE) as url:
        environment = product_environment(url, folder)
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
        command = [sys.executable, "-m", "bench.company", *map(str, sizes.values())]
        done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        with serving("torque_sso.wsgi:application", environment, folder) as (port, _web):
            yield port, json.loads(done.stdout)


def show(name: str, found: Measured | int) -> None:
    if isinstance(found, int):
        print(f"{name:<34}{found:>10}", flush=True)
        return
    verdict = "" if found.median <= AIM else f"  over {AIM}"
    print(f"{name:<34}{found.median:>10.0f}{found.slowest:>10.0f}{verdict}", flush=True)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.lists")
    parser.add_argument("--users", type=int, default=COMPANY["users"], help="everything else in proportion")
    parser.add_argument("--requests", type=int, default=20, help="for each list")
    parser.add_argument("--only", default="", help="only lists whose name holds this")
    given = parser.parse_args(arguments)
    sizes = {name: max(10, count * given.users // COMPANY["users"]) for name, count in COMPANY.items()}
    sizes_in_words = ", ".join(f"{count:,} {name}" for name, count in sizes.items())
    print(f"Lists of {sizes_in_words}; load before {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder, company(sizes, Path(folder)) as (port, known):
        print(f"{'ms until it is here':<34}{'median':>10}{'95 %':>10}   aim: median {AIM}")
        visitor = Visitor(port, known["cookie"])
        for name, path in ADDRESSES:
            if given.only in name:
                show(name, visitor.measure(path.format(**known), given.requests))


if __name__ == "__main__":
    main()
