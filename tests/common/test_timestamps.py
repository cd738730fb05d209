"""Times from outside: one that is read can be shown in every zone; anything else is a ValueError."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from common import timestamps
from tests.support import product
from tests.support.dates import any_number, any_text
from tools.setup import ROOT

READ = {
    "2026-11-23": datetime(2026, 11, 23, tzinfo=UTC),
    "2026-11-23T14:00:00": datetime(2026, 11, 23, 14, tzinfo=UTC),
    "2026-11-23T14:00:00+05:30": datetime(2026, 11, 23, 8, 30, tzinfo=UTC),
    "2026-11-23T14:00:00.1234567Z": datetime(2026, 11, 23, 14, 0, 0, 123456, tzinfo=UTC),
    "0001-01-01T00:00:00Z": timestamps.EARLIEST,
    "0001-01-01T00:00:00-23:59": timestamps.EARLIEST,
    "9999-12-31T23:59:59.9999999Z": timestamps.LATEST,
}
FARTHEST = [ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Etc/GMT+12"), timezone(timedelta(hours=23, minutes=59))]


@pytest.mark.parametrize("text", READ)
def test_a_time_is_read(text: str) -> None:
    assert timestamps.read(text) == READ[text]


@pytest.mark.parametrize(
    "text", ["", "yesterday", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-00:01", "２０２６-01-01", "infinity"]
)
def test_anything_else_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # each interface has its own sentence
        timestamps.read(text)


@given(any_text)
def test_what_is_read_of_any_text_can_be_shown_everywhere(text: str) -> None:
    with suppress(ValueError):
        at = timestamps.read(text)
        assert [at.astimezone(zone) - at for zone in FARTHEST] == [timedelta(0)] * 3
        assert at + timedelta(hours=23) > at > at - timedelta(hours=23)


@given(any_number)
def test_what_is_read_of_any_number_can_be_shown_everywhere(number: Any) -> None:
    with suppress(ValueError):
        at = timestamps.of_seconds(number)
        assert [at.astimezone(zone) - at for zone in FARTHEST] == [timedelta(0)] * 3
        assert at.timestamp() == int(number)


@pytest.mark.parametrize("seconds", [-1, float("inf"), float("nan"), 10**400, 253_402_300_800, True, "12", None])
def test_what_is_no_number_of_seconds_is_a_value_error(seconds: Any) -> None:
    with pytest.raises(ValueError, match="seconds since 1970"):
        timestamps.of_seconds(seconds)


def test_no_other_module_reads_times() -> None:
    """So that one place handles every spelling."""
    readers = re.compile(r"\b(fromisoformat|fromtimestamp|utcfromtimestamp|strptime|parse_date|parse_datetime)\(")
    found = {path.relative_to(ROOT).as_posix() for path in product.modules() if readers.search(path.read_text())}
    assert found == {"common/timestamps.py"}


def test_a_number_of_seconds_is_read() -> None:
    assert timestamps.of_seconds(1_767_225_600.9) == datetime(2026, 1, 1, tzinfo=UTC)
