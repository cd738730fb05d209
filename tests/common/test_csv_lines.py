"""CSV in constant memory, with no cell that a spreadsheet takes for a formula (R53)."""

import csv
from io import StringIO
from typing import Any

import pytest

from common.csv_lines import FORMULA, csv_lines


def cell(value: Any) -> str:
    _, row = csv.reader(StringIO("".join(csv_lines(["heading"], [[[value]]]))))
    return row[0]


def test_each_batch_is_one_piece_of_text() -> None:
    pieces = list(csv_lines(["a", "b"], [[[1, 2]], [[3, 4], [5, 6]]]))
    assert pieces == ["a,b\r\n1,2\r\n", "3,4\r\n5,6\r\n", ""]


def test_a_file_without_rows_has_its_headings() -> None:
    assert "".join(csv_lines(["a", "b"], [])) == "a,b\r\n"


@pytest.mark.parametrize("start", FORMULA)
def test_a_cell_that_a_spreadsheet_would_calculate_gets_an_apostrophe(start: str) -> None:
    assert cell(f"{start}HYPERLINK(A1)").startswith(f"'{start}")


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (7, "7"), ("a,b\n", "a,b\n"), ({"é": [1]}, '{"é": [1]}'), ("1-2", "1-2")]
)
def test_other_values_stay_as_they_are(value: Any, text: str) -> None:
    assert cell(value) == text
