"""The kept head of a chain moves with it, and stays where the chain was cut off."""

import uuid

import pytest

from accounts.audit import audit, chain
from accounts.audit.audit import OPERATOR
from accounts.models import AuditHead
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed(cast: Cast) -> Cast:
    audit.record(OPERATOR, "user.tested", cast.bob)
    chain.seal()
    return cast


def test_the_head_is_the_newest_seal(sealed: Cast) -> None:
    assert chain.kept_head(sealed.acme) == chain.newest_seal(sealed.acme.pk)


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
