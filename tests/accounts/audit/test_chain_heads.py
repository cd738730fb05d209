"""The kept head of a chain stays where the chain was cut off; and what a page says of the chain."""

import uuid

import pytest

from accounts.audit import audit, chain
from accounts.audit.audit import OPERATOR
from accounts.models import Account, AuditHead
from accounts.work import task_runs
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed(cast: Cast) -> Cast:
    audit.record(OPERATOR, "user.tested", cast.bob)
    chain.seal()
    return cast


def test_a_head_that_is_not_in_the_chain_stays(sealed: Cast) -> None:
    AuditHead.objects.in_account(sealed.acme).update(digest="0" * 64)
    chain.keep_head(sealed.acme.pk, (99, "1" * 64))
    assert AuditHead.objects.in_account(sealed.acme).get().digest == "0" * 64


def test_a_chain_without_a_head_gets_one(sealed: Cast) -> None:
    AuditHead.objects.in_account(sealed.acme).delete()
    chain.keep_head(sealed.acme.pk, (1, "1" * 64))
    assert chain.kept_head(sealed.acme) == (1, "1" * 64)


def test_an_account_that_is_gone_is_a_finding(sealed: Cast) -> None:
    assert list(chain.removed_accounts()) == []
    finding = chain.account_removed(str(uuid.UUID(int=1)), 7)
    assert (finding.kind, finding.position) == ("account-removed", 7)


def test_entries_wait_until_they_are_sealed(cast: Cast) -> None:
    audit.record(OPERATOR, "user.tested", cast.bob)
    before = chain.chain_state(cast.acme)
    chain.seal()
    after = chain.chain_state(cast.acme)
    assert (before.sealed, before.is_whole, after.waiting) == (0, None, 0)
    assert after.sealed == before.waiting


def test_a_check_after_the_account_was_created_says_whether_it_is_whole(cast: Cast) -> None:
    chain.seal()
    for failed, is_whole in (([], True), ([cast.acme.slug], False)):
        with task_runs.noting(chain.CHECK) as run:
            run.extend(failed)
        assert chain.chain_state(Account.objects.get(pk=cast.acme.pk)).is_whole is is_whole
