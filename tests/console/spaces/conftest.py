"""The cast in their browsers."""

import pytest
from django.test import Client

from accounts.audit.audit import OPERATOR
from accounts.models import User
from accounts.permissions import Permission
from accounts.roles.custom_roles import RoleDraft
from accounts.roles.roles import create_account_role
from accounts.users.users import set_account_role
from spaces.models import SpaceRole
from tests.support.cast import Cast


def signed_in(user: User) -> Client:
    browser = Client()
    browser.force_login(user, "accounts.authentication.AccountBackend")
    return browser


def may(cast: Cast, user: User, *permissions: Permission) -> None:
    """Gives the person an account role with just these permissions."""
    draft = RoleDraft(f"May {' and '.join(permissions)}", "", frozenset(permissions))
    role = create_account_role(cast.acme, draft, acting=OPERATOR)
    set_account_role(user, role, acting=OPERATOR)


def space_role(cast: Cast, name: str) -> SpaceRole:
    return SpaceRole.objects.get(account=cast.acme, name=name)


@pytest.fixture
def alice(cast: Cast) -> Client:
    return signed_in(cast.alice)


@pytest.fixture
def bob(cast: Cast) -> Client:
    return signed_in(cast.bob)


@pytest.fixture
def charlie(cast: Cast) -> Client:
    """An admin of the other account."""
    cast.charlie.account_role = cast.globex.accountrole_set.get(name="Account Admin")
    cast.charlie.save(update_fields=["account_role"])
    return signed_in(cast.charlie)
