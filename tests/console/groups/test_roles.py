"""A group's Roles tab."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertRedirects

from accounts.audit.audit import OPERATOR
from accounts.models import Group
from accounts.permissions import ACCOUNT_ADMIN
from accounts.users import users
from spaces.group_roles import give_space_roles
from spaces.models import GroupSpaceRole
from spaces.spaces import space_role_named
from tests.support.cast import Cast
from tests.support.factories import mapped_group, put_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def ops(cast: Cast) -> Group:
    group = mapped_group(cast.acme, "Ops")
    give_space_roles(group, [(cast.space("QA"), space_role_named(cast.acme, "Space Admin"))], acting=OPERATOR)
    return group


def test_a_role_with_manage_users_is_asked_about(as_alice_of: Client, cast: Cast, ops: Group) -> None:
    path, role = f"/groups/{ops.pk}/roles/account-role", users.role_named(cast.acme, ACCOUNT_ADMIN)
    asked = as_alice_of.post(path, {"account_role": role.pk})
    assertContains(asked, "With Manage Users, members can manage all users")
    ops.refresh_from_db()
    assert ops.account_role is None
    as_alice_of.post(path, {"account_role": role.pk, "confirmed": "yes"})
    assertContains(as_alice_of.get(f"/groups/{ops.pk}/roles"), "All members have Manage Users through this group")


def test_taking_the_account_role_away_says_from_how_many(as_alice_of: Client, cast: Cast, ops: Group) -> None:
    Group.objects.update(account_role=users.role_named(cast.acme, ACCOUNT_ADMIN))
    put_in(cast.bob, ops)
    asked = as_alice_of.post(f"/groups/{ops.pk}/roles/account-role", {"account_role": ""})
    assertContains(asked, "1 user loses Account Admin through the group.")


def test_a_harmless_role_for_nobody_needs_no_question(as_alice_of: Client, cast: Cast, ops: Group) -> None:
    role = users.role_named(cast.acme, "Account Member")
    done = as_alice_of.post(f"/groups/{ops.pk}/roles/account-role", {"account_role": role.pk})
    assertRedirects(done, f"/groups/{ops.pk}/roles")


def test_a_space_role_is_added_by_names(as_alice_of: Client, cast: Cast, ops: Group) -> None:
    role = space_role_named(cast.acme, "Space Member")
    as_alice_of.post(f"/groups/{ops.pk}/roles/add", {"space": "trial", "role": role.pk})
    assertContains(as_alice_of.get(f"/groups/{ops.pk}/roles"), "Remove Space Member in Trial")


@pytest.mark.parametrize("space", ["Atlantis", "", "x" * 300, "\x00"])
@pytest.mark.parametrize("role", ["nonsense", ""])
def test_unknown_names_are_errors_of_the_form(as_alice_of: Client, ops: Group, space: str, role: str) -> None:
    page = as_alice_of.post(f"/groups/{ops.pk}/roles/add", {"space": space, "role": role})
    assert page.status_code == 200
    assert set(page.context["space_form"].errors) == {"space", "role"}


def test_an_unknown_account_role_is_an_error_of_the_form(as_alice_of: Client, cast: Cast, ops: Group) -> None:
    for role in ("nonsense", users.role_named(cast.globex, ACCOUNT_ADMIN).pk):
        page = as_alice_of.post(f"/groups/{ops.pk}/roles/account-role", {"account_role": role, "confirmed": "yes"})
        assert page.context["role_form"].errors


def test_a_space_role_is_taken_away_after_a_question(as_alice_of: Client, cast: Cast, ops: Group) -> None:
    put_in(cast.bob, ops)
    path = f"/groups/{ops.pk}/roles/{GroupSpaceRole.objects.get().pk}/remove"
    assertContains(as_alice_of.post(path), "Remove Space Admin in QA from Ops?")
    assertRedirects(as_alice_of.post(path, {"confirmed": "yes"}), f"/groups/{ops.pk}/roles")
    assert not GroupSpaceRole.objects.exists()


def test_a_grant_of_another_group_or_account_is_not_found(as_alice_of: Client, cast: Cast, ops: Group) -> None:
    grant, theirs = GroupSpaceRole.objects.get(), mapped_group(cast.globex, "Theirs")
    for group in (theirs, mapped_group(cast.acme, "Dev")):
        assert as_alice_of.post(f"/groups/{group.pk}/roles/{grant.pk}/remove", {"confirmed": "yes"}).status_code == 404
