"""Dates and times that somebody may send: extreme, wrong, or in spellings that surprise."""

from typing import Any

from hypothesis import strategies as st

TEXTS = [
    "0001-01-01T00:00:00+23:59",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00",
    "0001-01-01",
    "0000-01-01",
    "-0001-01-01T00:00:00Z",
    "1969-12-31T23:59:59.999999-12:00",
    "2026-02-30",
    "2026-01-01T24:00:00Z",
    "2026-01-01T23:59:60Z",
    "2026-01-01T00:00:00+24:00",
    "2026-W53-7",
    "9999-12-31",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59.9999999Z",
    "9999-12-31T23:59:59-23:59",
    "10000-01-01T00:00:00Z",
    "999999999999999999999999",
    "２０２６-01-01T00:00:00Z",
    "٢٠٢٦-٠١-٠١",
    "infinity",
    "-infinity",
    "NaN",
    "now",
    "1e400",
    "9" * 5000,
    "2026-01-01\x00",
    " ",
]
NUMBERS: list[Any] = [
    *(0, -1, 1.5, 2**31, 2**63, 10**30, 10**300, -(10**300), 1e308, -1e308),
    *(253_402_300_799, 253_402_300_800, 1_767_225_600_000, True, None, "", "12", "Infinity", [], {}),
]

_offsets = st.one_of(
    st.just(""), st.just("Z"), st.builds("{:+03d}:{:02d}".format, st.integers(-24, 24), st.integers(0, 60))
)
_times = st.builds(
    "{}-{:02d}-{:02d}{}{}".format,
    st.sampled_from(["0000", "0001", "0002", "1969", "1970", "2026", "9998", "9999", "10000"]),
    st.sampled_from([0, 1, 2, 11, 12, 13]),
    st.sampled_from([0, 1, 2, 28, 29, 30, 31, 32]),
    st.sampled_from(["", "T00:00:00", "T23:59:59.999999", "T24:00:00", "T12:00", " 12:00:00"]),
    _offsets,
)
# Near the ends of what a date can be, in each zone there is; and any text at all.
any_text = st.one_of(st.sampled_from(TEXTS), _times, st.text(max_size=40))
any_number = st.one_of(st.sampled_from(NUMBERS), st.integers(), st.floats(), st.integers(-(10**20), 10**20))
