"""Messages decoded for an admin, with secrets masked."""

import pytest

from accounts.sso.masking import masked_token


@pytest.mark.parametrize("token", ["a" * 300_000, "..", "a.b.c", "\u00fc.\u00fc.\u00fc", ""])
def test_what_is_no_token_is_masked_as_a_whole_or_shown_as_nothing(token: str) -> None:
    assert len(masked_token(token, ())) < 100
