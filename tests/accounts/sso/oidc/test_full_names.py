"""Whole names as directories write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.sso.oidc.claims import split_name


@pytest.mark.parametrize(
    ("whole", "first", "last"),
    [
        ("Ann Lee", "Ann", "Lee"),
        ("Ann Marie Lee", "Ann", "Marie Lee"),
        ("Lee, Ann", "Ann", "Lee"),
        ("Lee,Ann", "Ann", "Lee"),
        ("LEE, Ann Marie", "Ann Marie", "LEE"),
        ("Lee, Ann (Contractor)", "Ann", "Lee"),
        ("Lee, Ann [EXT]", "Ann", "Lee"),
        ("Ann Lee (Contractor)", "Ann", "Lee"),
        ("van der Berg, Jan", "Jan", "van der Berg"),
        ("Jan van der Berg", "Jan", "van der Berg"),
        ("Lee, Ann, PhD", "Ann", "Lee"),
        ("Lee, Jr., Ann", "Ann", "Lee"),
        ("Ann Lee, Ph.D.", "Ann", "Lee"),
        ("Lee, Ann, Sales", "Ann", "Lee"),
        ("Ann", "Ann", ""),
        ("Lee,", "Lee", ""),
        ("  Ann \t Lee ", "Ann", "Lee"),
        ("(Contractor)", "(Contractor)", ""),
        ("山田，太郎", "太郎", "山田"),
        (" , ", "", ""),
        ("", "", ""),
    ],
)
def test_a_comma_says_that_the_last_name_comes_first(whole: str, first: str, last: str) -> None:
    assert split_name(whole) == (first, last)


@given(st.text(alphabet="ab ,()[].", max_size=12))
def test_whatever_is_sent_both_parts_are_trimmed_and_hold_no_comma(whole: str) -> None:
    for part in split_name(whole):
        assert part == part.strip()
        assert "," not in part
