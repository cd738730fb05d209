"""What an account admin lets logins give: agreed to for each connection, and never by itself."""

from typing import Any

import pytest

from accounts.audit.audit import OPERATOR, person
from accounts.connections import agreed_permissions, connections
from accounts.connections.agreed_permissions import Gift, agreed, gifts_of, through_logins
from accounts.connections.changes import update_connection
from accounts.errors import ActionRefused
from accounts.groups.groups import create_group, update_group
from accounts.models import AccountRole, AuditEntry, Connection, Group
from accounts.permissions import ACCOUNT_ADMIN, Permission
from accounts.users import users
from tests.support.cast import Cast
from tests.support.factories import oidc_connection, saml_connection
from tests.support.holders import holder

pytestmark = pytest.mark.django_db
ALL = sorted(Permission)


@pytest.fixture
def helpdesk(cast: Cast) -> AccountRole:
    return AccountRole.objects.create(account=cast.acme, name="Helpdesk", permissions=["Manage Users"])


def mapped(cast: Cast, role: AccountRole, acting: Any = OPERATOR) -> Group:
    return create_group(cast.acme, "Mapped", acting=acting, idp_identifier="G1", account_role=role)[0]


def fresh(connection: Connection) -> frozenset[str]:
    return agreed(Connection.objects.get(pk=connection.pk))


def test_nothing_is_agreed_to_by_itself(okta: Connection) -> None:
    assert fresh(okta) == frozenset()


def test_allowing_adds_and_is_in_the_audit_log_once(cast: Cast, okta: Connection) -> None:
    alice = person(cast.alice)
    assert agreed_permissions.allow_permissions(okta, ["Manage Users"], acting=alice)
    assert agreed_permissions.allow_permissions(okta, ["View Audit Log"], acting=alice)
    assert not agreed_permissions.allow_permissions(okta, ["Manage Users"], acting=alice)
    assert fresh(okta) == {"Manage Users", "View Audit Log"}
    result = AuditEntry.objects.filter(action="connection.permissions-allowed").values_list("changes", flat=True)
    assert len(result) == 2
    assert {"agreed_permissions": [["Manage Users"], ["Manage Users", "View Audit Log"]]} in result


def test_what_is_no_permission_is_refused(okta: Connection) -> None:
    with pytest.raises(ActionRefused, match="Expected account permissions; received Fly"):
        agreed_permissions.allow_permissions(okta, ["Fly"], acting=OPERATOR)


def test_a_grantable_role_agrees_to_what_it_gives_then(okta: Connection, helpdesk: AccountRole) -> None:
    update_connection(okta, {}, grantable_account_roles=[helpdesk], acting=OPERATOR)
    helpdesk.permissions = ALL
    helpdesk.save()
    assert fresh(okta) == {"Manage Users"}


def test_a_role_that_may_be_given_already_agrees_to_nothing_more(okta: Connection, helpdesk: AccountRole) -> None:
    update_connection(okta, {}, grantable_account_roles=[helpdesk], acting=OPERATOR)
    helpdesk.permissions = ALL
    helpdesk.save()
    update_connection(okta, {"name": "Okta 2"}, grantable_account_roles=[helpdesk], acting=OPERATOR)
    assert fresh(okta) == {"Manage Users"}


def test_gifts_are_mapped_groups_with_permissions_and_grantable_roles(
    cast: Cast, okta: Connection, helpdesk: AccountRole
) -> None:
    mapped(cast, helpdesk, acting=person(holder(cast.acme, Permission.MANAGE_USERS)))
    create_group(cast.acme, "By hand", acting=OPERATOR, account_role=users.role_named(cast.acme, ACCOUNT_ADMIN))
    create_group(cast.acme, "Plain", acting=OPERATOR, idp_identifier="G2")
    assert gifts_of(okta) == [Gift("Group 'Mapped'", ("Manage Users",), ("Manage Users",))]


def test_a_connection_whose_logins_name_no_groups_gives_none(cast: Cast, helpdesk: AccountRole) -> None:
    other = saml_connection(cast.acme, vendor="other")
    mapped(cast, helpdesk)
    assert gifts_of(other) == []
    other.attribute_names = {"groups": "memberOf"}
    assert [gift.name for gift in gifts_of(other)] == ["Group 'Mapped'"]


def test_an_account_admin_who_maps_a_group_means_the_only_connection(
    cast: Cast, okta: Connection, helpdesk: AccountRole
) -> None:
    mapped(cast, helpdesk, acting=person(cast.alice))
    assert fresh(okta) == {"Manage Users"}


def test_of_two_connections_an_account_admin_has_to_choose(cast: Cast, okta: Connection, helpdesk: AccountRole) -> None:
    azure = oidc_connection(cast.acme, name="Azure")
    group = mapped(cast, helpdesk, acting=person(cast.alice))
    assert fresh(okta) == fresh(azure) == frozenset()
    assert [(str(one.connection), one.lacking) for one in through_logins(group)] == [
        ("Azure", ("Manage Users",)),
        ("Okta", ("Manage Users",)),
    ]


def test_a_role_given_to_a_mapped_group_is_agreed_to_by_an_account_admin_only(
    cast: Cast, okta: Connection, helpdesk: AccountRole
) -> None:
    group, _ = create_group(cast.acme, "Mapped", acting=OPERATOR, idp_identifier="G1")
    update_group(group, {"account_role": helpdesk}, acting=person(holder(cast.acme, Permission.MANAGE_USERS)))
    assert fresh(okta) == frozenset()
    update_group(group, {"idp_identifier": "G2"}, acting=person(cast.alice))
    assert fresh(okta) == {"Manage Users"}


def test_another_name_of_a_group_agrees_to_nothing(cast: Cast, okta: Connection, helpdesk: AccountRole) -> None:
    group = mapped(cast, helpdesk, acting=person(holder(cast.acme, Permission.MANAGE_USERS)))
    update_group(group, {"name": "Renamed"}, acting=person(cast.alice))
    assert fresh(okta) == frozenset()


def test_enabling_agrees_to_what_was_ticked(cast: Cast, okta: Connection) -> None:
    connections.disable(okta, acting=OPERATOR)
    connections.enable(okta, acting=person(cast.alice), allowed=["Manage Users"])
    assert fresh(okta) == {"Manage Users"}


def test_a_group_of_another_account_is_no_gift(cast: Cast, okta: Connection) -> None:
    role = users.role_named(cast.globex, ACCOUNT_ADMIN)
    create_group(cast.globex, "Theirs", acting=OPERATOR, idp_identifier="G1", account_role=role)
    assert gifts_of(okta) == []
