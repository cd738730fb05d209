"""Time zones as identity providers spell them."""

import pytest
from tzlocal.windows_tz import win_tz

from common.time_zones import advice, iana_of, is_iana


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("Europe/Paris", "Europe/Paris"),
        ("UTC", "UTC"),
        ("Etc/UTC", "Etc/UTC"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("Pacific Standard Time", "America/Los_Angeles"),
        ("w. europe  standard time", "Europe/Berlin"),
        ("Tokyo Standard Time", "Asia/Tokyo"),
    ],
)
def test_iana_and_windows_names_are_read(sent: str, read: str) -> None:
    assert iana_of(sent) == read
    assert is_iana(read)


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ("europe/paris", "'Europe/Paris'"),
        ("Europe / Paris", "'Europe/Paris'"),
        ("America/New York", "'America/New_York'"),
        ("Lisbon", "'Europe/Lisbon'"),
        ("+01:00", "'Etc/GMT-1'"),
        ("UTC+1", "'Etc/GMT-1'"),
        ("GMT+2", "'Etc/GMT-2'"),
        ("gmt -0500", "'Etc/GMT+5'"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern", "'Europe/Paris'"),
        ("+05:30", "'Europe/Paris'"),
        ("UTC+00:00", "'UTC'"),
        ("Z", "'UTC'"),
    ],
)
def test_what_is_not_read_names_what_to_send(sent: str, named: str) -> None:
    assert iana_of(sent) == ""
    assert named in advice(sent)


@pytest.mark.parametrize("sent", ["", "Mars", "Paris, Texas", "\x00", "Europe/Paris, Europe/Rome", "W" * 10_000])
def test_of_what_is_near_nothing_nothing_is_said(sent: str) -> None:
    assert (iana_of(sent), advice(sent)) == ("", "")


def test_every_windows_name_is_read_or_its_iana_name_is_named() -> None:
    for windows, iana in {**win_tz, "UTC": "UTC"}.items():  # an IANA name too
        assert iana_of(windows) == iana or f"'{iana}'" in advice(windows), windows
