"""A refused login: what it takes from the catalogue."""

import pytest

from accounts.sso.refusal import LoginRefused
from accounts.sso.refusals.catalogue import CATALOGUE


def test_a_refusal_takes_side_and_next_step_from_its_row_unless_it_knows_better() -> None:
    row = CATALOGUE["saml-audience"]
    assert (LoginRefused(row.code, "a", "b").side, LoginRefused(row.code, "a", "b").next_step) == (
        row.side,
        row.next_step,
    )
    assert LoginRefused(row.code, "a", "b", "Do this.").next_step == "Do this."


def test_a_code_without_a_row_cannot_be_raised() -> None:
    with pytest.raises(KeyError):
        LoginRefused("saml-unheard-of", "a", "b")
