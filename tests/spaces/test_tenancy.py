"""An account is opened with its built-in roles."""

import pytest

from accounts.audit.audit import OPERATOR
from accounts.errors import ActionRefused
from accounts.models import AccountRole
from spaces.models import SpaceRole
from spaces.tenancy import open_account

pytestmark = pytest.mark.django_db


def test_an_account_has_an_address_and_the_built_in_roles() -> None:
    account, created = open_account("Acme & Sons_Ltd", acting=OPERATOR)
    assert (account.slug, created) == ("acme-sons-ltd", True)
    assert AccountRole.objects.in_account(account).filter(builtin=True).count() > 0
    assert SpaceRole.objects.in_account(account).filter(builtin=True).count() == 3


def test_the_same_name_opens_nothing_new() -> None:
    account, _ = open_account("Acme", acting=OPERATOR)
    assert open_account("Acme", acting=OPERATOR) == (account, False)


@pytest.mark.parametrize(("name", "code"), [("ACME", "account-name-taken"), ("--", "account-name-invalid")])
def test_a_name_without_an_address_of_its_own_is_refused(name: str, code: str) -> None:
    open_account("Acme", acting=OPERATOR)
    with pytest.raises(ActionRefused) as refused:
        open_account(name, acting=OPERATOR)
    assert refused.value.code == code
