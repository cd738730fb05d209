"""The line at the end of a test run that says how many advisories of the field hold, from what really ran."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.advisories.table import ADVISORIES

_OWN = re.compile(r"tests/advisories/test_\w+\.py::test_(\d\d)_")
_ELSEWHERE = {node: advisory.row for advisory in ADVISORIES for node in advisory.elsewhere}


@dataclass
class Tally:
    """Rows by what became of their tests, and how many tests passed."""

    passed: int = 0
    held: set[int] = field(default_factory=set)
    broken: set[int] = field(default_factory=set)

    def __str__(self) -> str:
        line = f"Advisories of the field: {len(self.held - self.broken)} of {len(ADVISORIES)} hold"
        line += f" ({self.passed} tests passed)"
        not_tried = {advisory.row for advisory in ADVISORIES} - self.held - self.broken
        line += f"; broken: {_listed(self.broken)}" if self.broken else ""
        return line + (f"; not tried in this run: {_listed(not_tried)}" if not_tried else "")


def _listed(rows: set[int]) -> str:
    return ", ".join(map(str, sorted(rows)))


def row_of(node_id: str) -> int | None:
    """The row that a test belongs to, if any."""
    if own := _OWN.match(node_id):
        return int(own[1])
    return _ELSEWHERE.get(node_id.partition("[")[0])


def tally(passed: Iterable[str], failed: Iterable[str]) -> Tally:
    """Of node ids. A row with a failed test does not hold."""
    good = [row for node in passed if (row := row_of(node)) is not None]
    broken = {row for node in failed if (row := row_of(node)) is not None}
    return Tally(len(good), set(good), broken)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Written where at least one test of this folder ran."""
    stats = terminalreporter.stats
    passed = [report.nodeid for report in stats.get("passed", ())]
    failed = [report.nodeid for outcome in ("failed", "error") for report in stats.get(outcome, ())]
    if any(_OWN.match(node) for node in [*passed, *failed]):
        terminalreporter.section("Advisories", sep="-")
        terminalreporter.write_line(str(tally(passed, failed)))
