"""Groups: create, update, delete."""

from typing import Any

import pytest

from accounts.audit.audit import OPERATOR, person
from accounts.errors import ActionRefused
from accounts.groups import groups
from accounts.groups import members as group_members
from accounts.models import AccountRole, AuditEntry, Group, GroupMembership
from accounts.permissions import ACCOUNT_ADMIN, Permission
from accounts.users import users
from tests.support.cast import Cast
from tests.support.factories import mapped_group, put_in, saml_connection

pytestmark = pytest.mark.django_db
GUID = "0c6a7e0e-5d0c-4a43-9a53-0c6f0e6a1f99"


def changes_of(action: str) -> dict[str, Any]:
    return AuditEntry.objects.get(action=action).changes


def test_an_update_is_shown_with_before_and_after(cast: Cast) -> None:
    group = mapped_group(cast.acme, "Ops", "ops")
    admin = users.role_named(cast.acme, ACCOUNT_ADMIN)
    values = {"name": " Operations ", "description": "", "idp_identifier": GUID.upper(), "account_role": admin}
    received = groups.update_group(group, values, acting=OPERATOR)
    expected = {
        "name": ["Ops", "Operations"],
        "idp_identifier": ["ops", GUID.upper()],
        "account_role": ["", ACCOUNT_ADMIN],
    }
    assert received == changes_of("group.updated") == expected
    assert Group.objects.get(pk=group.pk).idp_identifier_key == GUID


def test_an_update_that_changes_nothing_is_not_shown(cast: Cast) -> None:
    assert groups.update_group(mapped_group(cast.acme, "Ops"), {"name": "Ops"}, acting=OPERATOR) == {}
    assert not AuditEntry.objects.filter(action="group.updated").exists()


@pytest.mark.parametrize("values", [{"name": "Dev"}, {"idp_identifier": GUID.upper()}])
def test_a_name_or_identifier_of_another_group_is_refused_naming_it(cast: Cast, values: dict[str, str]) -> None:
    mapped_group(cast.acme, "Dev", GUID)
    group = mapped_group(cast.acme, "Ops")
    with pytest.raises(ActionRefused, match="'Dev'"):
        groups.update_group(group, values, acting=OPERATOR)
    assert Group.objects.get(pk=group.pk).name == "Ops"


def test_another_account_may_have_the_same_names(cast: Cast) -> None:
    mapped_group(cast.globex, "Dev", GUID)
    groups.update_group(mapped_group(cast.acme, "Ops"), {"name": "Dev", "idp_identifier": GUID}, acting=OPERATOR)


@pytest.mark.parametrize("name", ["", "  ", "a\x00b", "x" * 256])
def test_a_name_is_a_name(cast: Cast, name: str) -> None:
    with pytest.raises(ActionRefused, match="Expected a group name"):
        groups.create_group(cast.acme, name, acting=OPERATOR)


def test_a_role_of_another_account_is_refused(cast: Cast) -> None:
    with pytest.raises(ActionRefused, match="own account"):
        groups.update_group(
            mapped_group(cast.acme, "Ops"),
            {"account_role": users.role_named(cast.globex, ACCOUNT_ADMIN)},
            acting=OPERATOR,
        )


def test_nobody_gives_through_a_group_what_they_may_not_do(cast: Cast) -> None:
    helpdesk = AccountRole.objects.create(account=cast.acme, name="Helpdesk", permissions=[Permission.MANAGE_USERS])
    users.set_account_role(cast.bob, helpdesk, acting=OPERATOR)
    admins, _ = groups.create_group(
        cast.acme, "Admins", acting=OPERATOR, account_role=users.role_named(cast.acme, ACCOUNT_ADMIN)
    )
    for verb in (
        lambda: group_members.add_member(admins, cast.bob, acting=person(cast.bob)),
        lambda: groups.update_group(admins, {"idp_identifier": "bobs"}, acting=person(cast.bob)),
        lambda: groups.create_group(cast.acme, "Mine", acting=person(cast.bob), account_role=admins.account_role),
    ):
        with pytest.raises(ActionRefused, match="which you do not have"):
            verb()
    assert group_members.add_member(admins, cast.bob, acting=person(cast.alice))


def test_another_identifier_moves_nobody_at_once(cast: Cast) -> None:
    group = mapped_group(cast.acme, "Ops")
    put_in(cast.petra, group, saml_connection(cast.acme))
    groups.update_group(group, {"idp_identifier": "other"}, acting=OPERATOR)
    assert GroupMembership.objects.filter(group=group, user=cast.petra).exists()


def test_deleting_tells_who_was_in_it(cast: Cast) -> None:
    group = mapped_group(cast.acme, "Ops", "ops")
    put_in(cast.bob, group)
    assert groups.delete_group(group, acting=OPERATOR) == 1
    received = {"idp_identifier": ["ops", ""], "account_role": ["", ""], "members": [["bob@acme.example"], []]}
    assert changes_of("group.deleted") == received
    assert not Group.objects.exists()


def test_a_group_deleted_meanwhile_is_said_to_be(cast: Cast) -> None:
    group = mapped_group(cast.acme, "Ops")
    Group.objects.filter(pk=group.pk).delete()
    with pytest.raises(ActionRefused, match="deleted in the meantime"):
        groups.update_group(group, {"name": "Other"}, acting=OPERATOR)
