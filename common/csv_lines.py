"""CSV of any length, piece by piece, that no spreadsheet takes for formulas."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

# What makes a spreadsheet take a cell for a formula (R53; OWASP, CSV Injection), also in full width.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_lines(headings: Sequence[str], batches: Iterable[Iterable[Iterable[Any]]]) -> Iterator[str]:
    """The text, a piece for each batch of rows: no more than one batch is in memory."""
    lines: list[str] = []
    writer = csv.writer(_Lines(lines))
    writer.writerow(headings)
    for batch in batches:
        writer.writerows([_cell(value) for value in row] for row in batch)
        yield "".join(lines)
        lines.clear()
    yield "".join(lines)


class _Lines:
    """What csv.writer writes to."""

    def __init__(self, lines: list[str]) -> None:
        self.write = lines.append


def _cell(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
