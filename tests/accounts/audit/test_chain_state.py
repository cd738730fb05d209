"""What a page says of an account's hash chain."""

import pytest

from accounts.audit import audit, chain
from accounts.audit.audit import OPERATOR
from accounts.audit.chain import CHECK, chain_state
from accounts.models import Account
from accounts.work import task_runs
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def test_entries_wait_until_they_are_sealed(cast: Cast) -> None:
    audit.record(OPERATOR, "user.tested", cast.bob)
    before = chain_state(cast.acme)
    chain.seal()
    after = chain_state(cast.acme)
    assert (before.sealed, before.is_whole, after.waiting) == (0, None, 0)
    assert after.sealed == before.waiting


def test_a_check_after_the_account_was_created_says_whether_it_is_whole(cast: Cast) -> None:
    chain.seal()
    for failed, is_whole in (([], True), ([cast.acme.slug], False)):
        with task_runs.noting(CHECK) as run:
            run.extend(failed)
        assert chain_state(Account.objects.get(pk=cast.acme.pk)).is_whole is is_whole
