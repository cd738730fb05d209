"""Custom space roles: made, changed, and deleted once they are given nowhere."""

import pytest

from accounts.audit.audit import OPERATOR
from accounts.errors import ActionRefused
from accounts.groups.groups import create_group
from accounts.models import AuditEntry
from accounts.roles.custom_roles import RoleDraft
from spaces.group_roles import give_space_roles
from spaces.models import SpaceRole
from spaces.placing import place_user
from spaces.space_roles import add_space_role, delete_space_role, space_role_uses, update_space_role
from spaces.spaces import set_default_placement, space_role_named
from tests.support.cast import Cast
from tests.support.factories import saml_connection

pytestmark = pytest.mark.django_db


def made(cast: Cast, *permissions: str) -> SpaceRole:
    return add_space_role(cast.acme, RoleDraft("Tester", "", frozenset(permissions)), acting=OPERATOR)


def test_a_role_is_changed_with_what_was_before(cast: Cast) -> None:
    role = made(cast, "View Space")
    draft = RoleDraft("Tester", " Tries things ", frozenset({"View Space", "Launch Environments"}))
    assert update_space_role(role, draft, acting=OPERATOR)
    assert not update_space_role(role, draft, acting=OPERATOR)
    assert AuditEntry.objects.get(action="space-role.updated").changes == {
        "description": ["", "Tries things"],
        "permissions": [["View Space"], ["View Space", "Launch Environments"]],
    }


@pytest.mark.parametrize(("name", "permission"), [("SPACE ADMIN", "View Space"), ("A,B", "View Space"), ("A", "Fly")])
def test_what_cannot_be_is_refused(cast: Cast, name: str, permission: str) -> None:
    with pytest.raises(ActionRefused):
        add_space_role(cast.acme, RoleDraft(name, "", frozenset({permission})), acting=OPERATOR)


def test_space_member_always_exists_as_it_is(cast: Cast) -> None:
    member = space_role_named(cast.acme, "Space Member")
    with pytest.raises(ActionRefused, match="built in"):
        update_space_role(member, RoleDraft("Other", "", frozenset()), acting=OPERATOR)
    with pytest.raises(ActionRefused, match="built in"):
        delete_space_role(member, acting=OPERATOR)


def test_a_role_in_use_stays_and_says_where_it_is(cast: Cast) -> None:
    role = made(cast)
    place_user(cast.bob, cast.space("QA"), role, acting=OPERATOR)
    group, _ = create_group(cast.acme, "Leads", acting=OPERATOR)
    give_space_roles(group, [(cast.space("QA"), role), (cast.space("Trial"), role)], acting=OPERATOR)
    set_default_placement(saml_connection(cast.acme, name="Okta"), "QA", "Tester")
    received = ["spaces where people have it: QA", "groups: Leads", "default of connections: Okta"]
    assert [str(use) for use in space_role_uses(role)] == received
    with pytest.raises(ActionRefused, match="Tester is still used"):
        delete_space_role(role, acting=OPERATOR)


def test_an_unused_role_is_deleted(cast: Cast) -> None:
    delete_space_role(made(cast), acting=OPERATOR)
    assert not SpaceRole.objects.filter(name="Tester").exists()
    assert AuditEntry.objects.get(action="space-role.deleted").object_label == "Tester"
