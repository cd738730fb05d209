"""What logins of live connections give when the release comes counts as agreed to; nothing else does."""

from importlib import import_module

import pytest
from django.apps import apps

from accounts.models import Connection, Group
from accounts.permissions import ACCOUNT_ADMIN
from accounts.users import users
from tests.support.cast import Cast
from tests.support.factories import saml_connection

pytestmark = pytest.mark.django_db
migration = import_module("accounts.migrations.0024_agreed_permissions")


def agreed(connection: Connection) -> list[str] | None:
    migration.agree_to_what_is_live(apps, None)
    found: list[str] | None = Connection.objects.get(pk=connection.pk).agreed_permissions
    return found


@pytest.fixture
def mapped(cast: Cast) -> Group:
    role = cast.acme.accountrole_set.create(name="Helpdesk", permissions=["Manage Users"])
    return Group.objects.create(account=cast.acme, name="Desk", idp_identifier="G1", account_role=role)


def test_what_mapped_groups_give_is_agreed_to(cast: Cast, mapped: Group) -> None:
    assert agreed(saml_connection(cast.acme)) == ["Manage Users"]


def test_what_a_grantable_role_gives_is_agreed_to(cast: Cast) -> None:
    okta = saml_connection(cast.acme)
    admin = users.role_named(cast.acme, ACCOUNT_ADMIN)
    okta.grantable_account_roles.add(admin, through_defaults={"account": cast.acme})
    assert agreed(okta) == sorted(admin.permissions)


@pytest.mark.parametrize("state", ["draft", "disabled"])
def test_nothing_is_agreed_to_of_what_is_not_live(cast: Cast, mapped: Group, state: str) -> None:
    assert agreed(saml_connection(cast.acme, state=state)) is None


def test_groups_count_only_where_logins_name_them(cast: Cast, mapped: Group) -> None:
    assert agreed(saml_connection(cast.acme, vendor="other")) == []
    named = saml_connection(cast.acme, vendor="other", attribute_names={"groups": "memberOf"})
    assert agreed(named) == ["Manage Users"]


def test_groups_of_another_account_and_by_hand_do_not_count(cast: Cast, mapped: Group) -> None:
    admin = users.role_named(cast.globex, ACCOUNT_ADMIN)
    Group.objects.create(account=cast.globex, name="By hand", account_role=admin)
    assert agreed(saml_connection(cast.globex)) == []
