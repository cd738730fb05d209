"""CSV of any length in constant memory, with no cell that a spreadsheet takes for a formula."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

# What makes a spreadsheet take a cell for a formula (R53; OWASP, CSV Injection), also in full width.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_lines(headings: Sequence[str], batches: Iterable[Iterable[Iterable[Any]]]) -> Iterator[str]:
    """Yield the text of each batch of rows: no more than one batch is in memory."""
    lines: list[str] = []
    writer = csv.writer(_Lines(lines))
    writer.writerow(headings)
    for batch in batches:
        writer.writerows([_cell(value) for value in row] for row in batch)
        yield "".join(lines)
        lines.clear()
    yield "".join(lines)


class _Lines:
    """The file that csv.writer writes to."""

    def __init__(self, lines: list[str]) -> None:
        self.write = lines.append


def _cell(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
