"""Rows of what an identity provider says in place of a login."""

import pytest

from accounts.sso.refusals.provider_rows import ROWS
from accounts.sso.refusals.row import Row


@pytest.mark.parametrize("cause", ROWS, ids=lambda cause: cause.code)
def test_no_two_causes_give_the_admin_the_same_advice(cause: Row) -> None:
    assert [other for other in ROWS if other.next_step == cause.next_step] == [cause]
    assert cause.text.endswith(".")
