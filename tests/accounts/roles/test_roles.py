"""Custom account roles: who may grant what, and that somebody always manages users."""

import pytest

from accounts.audit.audit import OPERATOR, person
from accounts.errors import ActionRefused
from accounts.groups import groups
from accounts.groups import members as group_members
from accounts.models import AccountRole, AuditEntry, GrantableAccountRole, User
from accounts.models.user import UserState
from accounts.permissions import Permission
from accounts.roles.custom_roles import RoleDraft
from accounts.roles.roles import account_role_uses, create_account_role, delete_account_role, update_account_role
from accounts.users.protection import Protected
from accounts.users.users import set_account_role
from tests.support.cast import Cast
from tests.support.factories import saml_connection

pytestmark = pytest.mark.django_db
ALL = frozenset(Permission)


def draft(name: str, *permissions: str, description: str = "") -> RoleDraft:
    return RoleDraft(name, description, frozenset(permissions))


def made(cast: Cast, *permissions: str) -> AccountRole:
    return create_account_role(cast.acme, draft("Support", *permissions), acting=OPERATOR, template="Mine")


def test_a_new_role_is_written_down_with_its_template(cast: Cast) -> None:
    role = made(cast, "View Audit Log", "Manage Users")
    assert role.permissions == ["Manage Users", "View Audit Log"]  # in the order of the catalogue
    entry = AuditEntry.objects.get(action="account-role.created")
    assert entry.changes["template"] == [None, "Mine"]
    assert entry.changes["permissions"] == [[], ["Manage Users", "View Audit Log"]]


@pytest.mark.parametrize("name", ["", " Support", "A,B", "support", "account admin", "a\nb"])
def test_a_name_that_cannot_be_is_refused(cast: Cast, name: str) -> None:
    made(cast)
    with pytest.raises(ActionRefused):
        create_account_role(cast.acme, draft(name), acting=OPERATOR)


def test_the_same_name_is_free_in_another_account(cast: Cast) -> None:
    made(cast)
    create_account_role(cast.globex, draft("Support"), acting=OPERATOR)
    assert AccountRole.objects.filter(name="Support").count() == 2


def test_a_permission_that_does_not_exist_is_refused(cast: Cast) -> None:
    with pytest.raises(ActionRefused, match="received Fly"):
        made(cast, "Fly")


def test_nobody_grants_what_they_lack(cast: Cast) -> None:
    set_account_role(cast.bob, made(cast, "Manage Roles"), acting=OPERATOR)
    bob = person(cast.bob)
    with pytest.raises(ActionRefused, match="You added Manage Users, which you do not have"):
        create_account_role(cast.acme, draft("X", "Manage Users"), acting=bob)
    role = create_account_role(cast.acme, draft("Nothing"), acting=OPERATOR)
    with pytest.raises(ActionRefused, match="You added View Audit Log"):
        update_account_role(role, draft("Nothing", "Manage Roles", "View Audit Log"), acting=bob)
    assert update_account_role(role, draft("Roles", "Manage Roles"), acting=bob)


def test_what_a_role_has_already_may_stay(cast: Cast) -> None:
    role = made(cast, "Manage Users")
    assert update_account_role(role, draft("Help", "Manage Users"), acting=OPERATOR)
    entry = AuditEntry.objects.get(action="account-role.updated")
    assert entry.changes == {"name": ["Support", "Help"]}
    assert not update_account_role(role, draft("Help", "Manage Users"), acting=OPERATOR)


def test_somebody_keeps_managing_users(cast: Cast) -> None:
    role = made(cast, "Manage Users")
    set_account_role(cast.bob, role, acting=OPERATOR)
    User.objects.filter(pk=cast.alice.pk).update(state=UserState.DEPROVISIONED)
    with pytest.raises(Protected, match="Nobody would be left with Manage Users"):
        update_account_role(role, draft("Support"), acting=OPERATOR)
    group, _ = groups.create_group(cast.acme, "Admins", acting=OPERATOR, account_role=cast.alice.account_role)
    group_members.add_member(group, cast.bob, acting=OPERATOR)
    assert update_account_role(role, draft("Support"), acting=OPERATOR)


def test_a_built_in_role_is_fixed(cast: Cast) -> None:
    with pytest.raises(ActionRefused, match="built in"):
        update_account_role(cast.bob.account_role, draft("X"), acting=OPERATOR)
    with pytest.raises(ActionRefused, match="built in"):
        delete_account_role(cast.alice.account_role, acting=OPERATOR)


def test_a_used_role_is_not_deleted(cast: Cast) -> None:
    role = made(cast)
    set_account_role(cast.bob, role, acting=OPERATOR)
    groups.create_group(cast.acme, "Helpers", acting=OPERATOR, account_role=role)
    okta = saml_connection(cast.acme, name="Okta")
    GrantableAccountRole.objects.create(account=cast.acme, connection=okta, account_role=role)
    assert [str(use) for use in account_role_uses(role)] == [
        "people: bob@acme.example",
        "groups: Helpers",
        "connections that may give it: Okta",
    ]
    with pytest.raises(ActionRefused, match="Assign another role first"):
        delete_account_role(role, acting=OPERATOR)
    assert not AuditEntry.objects.filter(action="account-role.deleted").exists()


def test_an_erased_person_holds_a_role_for_a_while(cast: Cast) -> None:
    role = made(cast)
    set_account_role(cast.bob, role, acting=OPERATOR)
    User.objects.filter(pk=cast.bob.pk).update(erased_at=cast.bob.created_at)
    with pytest.raises(ActionRefused, match="try again in an hour"):
        delete_account_role(role, acting=OPERATOR)


def test_an_unused_role_is_deleted_and_written_down(cast: Cast) -> None:
    delete_account_role(made(cast, "Manage Users"), acting=OPERATOR)
    assert not AccountRole.objects.filter(name="Support").exists()
    entry = AuditEntry.objects.get(action="account-role.deleted")
    assert (entry.object_label, entry.changes) == ("Support", {"permissions": [["Manage Users"], None]})
