"""A recovery link signs an account admin in once."""

import pytest

from accounts.audit.audit import OPERATOR
from accounts.errors import ActionRefused
from accounts.models import AuditEntry
from accounts.passwords import recovery_links
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def test_the_first_admin_is_recovered_or_the_one_who_is_named(cast: Cast) -> None:
    assert recovery_links.admin_to_recover(cast.acme) == cast.alice
    assert recovery_links.admin_to_recover(cast.acme, "ALICE@acme.example") == cast.alice


@pytest.mark.parametrize("email", ["bob@acme.example", "nobody@acme.example", "charlie@globex.example"])
def test_only_an_admin_of_the_account_is(cast: Cast, email: str) -> None:
    with pytest.raises(ActionRefused) as refused:
        recovery_links.admin_to_recover(cast.acme, email)
    assert refused.value.code == "account-admin-unknown"


def test_an_account_without_an_admin_says_so(cast: Cast) -> None:
    with pytest.raises(ActionRefused, match="there is none"):
        recovery_links.admin_to_recover(cast.globex)


def test_a_link_works_once(cast: Cast) -> None:
    token = recovery_links.make_url(cast.alice, acting=OPERATOR).rstrip("/").rpartition("/")[2]
    assert recovery_links.use(cast.alice.pk, token, ip_address=None) == cast.alice
    assert recovery_links.use(cast.alice.pk, token, ip_address=None) is None
    assert AuditEntry.objects.filter(action="user.recovery-link-used").count() == 1


def test_a_link_is_not_another_admins(cast: Cast) -> None:
    token = recovery_links.make_url(cast.alice, acting=OPERATOR).rstrip("/").rpartition("/")[2]
    assert recovery_links.admin_of_link(cast.bob.pk, token) is None
