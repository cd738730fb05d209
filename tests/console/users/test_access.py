"""Account role, spaces, groups and identifiers of a user; deprovisioning and restoring."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import cleanup, end_access
from accounts.groups.groups import create_group
from accounts.models import AuditEntry, GroupMembership, User
from accounts.permissions import Permission
from accounts.users import users
from spaces.models import SpaceMembership
from spaces.spaces import space_role_named
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def address(person: User, more: str = "") -> str:
    return f"/users/{person.pk}{more}"


def role_id(cast: Cast, name: str) -> str:
    return str(users.role_named(cast.acme, name).pk)


def test_the_account_role_is_changed(as_alice_of: Client, cast: Cast) -> None:
    as_alice_of.post(address(cast.bob, "/account-role"), {"role": role_id(cast, "Account Admin")})
    cast.bob.refresh_from_db()
    assert cast.bob.account_role.name == "Account Admin"


def test_the_last_admin_keeps_the_role(as_alice_of: Client, cast: Cast) -> None:
    page = as_alice_of.post(address(cast.alice, "/account-role"), {"role": role_id(cast, "Account Member")})
    assertContains(page, "is the last account admin")
    assert AuditEntry.objects.filter(action="user.protected").exists()


def test_an_admin_grants_at_most_their_own_permissions(cast: Cast) -> None:
    clerk = cast.acme.accountrole_set.create(name="Clerk", permissions=[Permission.MANAGE_USERS])
    users.set_account_role(cast.bob, clerk, acting=OPERATOR)
    browser = Client()
    browser.force_login(cast.bob)
    page = browser.post(address(cast.bob, "/account-role"), {"role": role_id(cast, "Account Admin")})
    assertContains(page, "which you do not have")
    page = browser.post(address(cast.alice, "/password-link"), {"confirmed": "yes"}, follow=True)
    assertContains(page, "which you do not have")


def test_a_space_is_assigned_and_removed(as_alice_of: Client, cast: Cast) -> None:
    qa, role = cast.space("QA"), space_role_named(cast.acme, "Space Developer")
    as_alice_of.post(address(cast.petra, "/spaces"), {"space": "QA", "role": str(role.pk)})
    assert SpaceMembership.objects.get(user=cast.petra).role == role
    out = address(cast.petra, f"/spaces/{qa.pk}/take-out")
    assertContains(as_alice_of.post(out), "the next login assigns it again")
    as_alice_of.post(out, {"confirmed": "yes"})
    assert not SpaceMembership.objects.filter(user=cast.petra).exists()


def test_a_wrong_space_or_group_is_shown_on_the_page(as_alice_of: Client, cast: Cast) -> None:
    page = as_alice_of.post(address(cast.petra, "/spaces"), {"space": "Nowhere", "role": "junk"})
    assertContains(page, "This account has no space with the name")
    page = as_alice_of.post(address(cast.petra, "/groups"), {"group": "Nobodies"})
    assertContains(page, "This account has no group with the name")


def test_it_says_why_a_deprovisioned_user_gets_no_role(as_alice_of: Client, cast: Cast) -> None:
    end_access.deprovision(cast.bob.pk, cast.acme, acting=OPERATOR)
    create_group(cast.acme, "Devs", acting=OPERATOR)
    role = space_role_named(cast.acme, "Space Member")
    page = as_alice_of.post(address(cast.bob, "/spaces"), {"space": "QA", "role": str(role.pk)}, follow=True)
    assertContains(page, "bob@acme.example is deprovisioned: restore the user before assigning a space")
    page = as_alice_of.post(address(cast.bob, "/groups"), {"group": "Devs"}, follow=True)
    assertContains(page, "Nobody was added: bob@acme.example no longer has access here.")


def test_a_user_is_added_to_and_removed_from_a_group(as_alice_of: Client, cast: Cast) -> None:
    devs, _ = create_group(cast.acme, "Devs", acting=OPERATOR)
    as_alice_of.post(address(cast.petra, "/groups"), {"group": "Devs"})
    assert GroupMembership.objects.filter(user=cast.petra, group=devs).exists()
    leave = address(cast.petra, f"/groups/{devs.pk}/remove")
    assertContains(as_alice_of.post(leave), "The user loses the roles that Devs assigns")
    as_alice_of.post(leave, {"confirmed": "yes"})
    assert not GroupMembership.objects.filter(user=cast.petra).exists()


def test_deprovisioning_asks_and_restoring_brings_back(as_alice_of: Client, bob_with_rights: Cast) -> None:
    assertContains(as_alice_of.post(address(bob_with_rights.bob, "/deprovision")), "Deprovision bob@acme.example?")
    as_alice_of.post(address(bob_with_rights.bob, "/deprovision"), {"confirmed": "yes"})
    cleanup.finish(bob_with_rights.bob.pk)
    page = as_alice_of.get(address(bob_with_rights.bob))
    assertContains(page, "Former access")
    assertContains(page, "Trial (Space Member)")
    assertNotContains(page, "Assign to space")
    as_alice_of.post(address(bob_with_rights.bob, "/restore"))
    bob_with_rights.bob.refresh_from_db()
    assert bob_with_rights.bob.state == "active"


def test_admins_cannot_deprovision_themselves(as_alice_of: Client, cast: Cast) -> None:
    page = as_alice_of.post(address(cast.alice, "/deprovision"), {"confirmed": "yes"}, follow=True)
    assertContains(page, "Expected users other than yourself")


def test_an_external_id_that_another_user_has_is_kept_with_a_warning(as_alice_of: Client, cast: Cast) -> None:
    User.objects.filter(pk=cast.bob.pk).update(external_id="bo")
    values = {"email": "petra@acme.example", "user_name": "", "external_id": "bo"}
    answer = as_alice_of.post(address(cast.petra, "/identifiers"), values, follow=True)
    assertContains(answer, "is also used by bob@acme.example, so logins do not match users by it.")
    assert User.objects.get(pk=cast.petra.pk).external_id == "bo"
