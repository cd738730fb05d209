"""What roles allow: the matrix, one role, several side by side."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.audit.audit import OPERATOR
from accounts.models import AccountRole
from accounts.permissions import Permission
from accounts.roles.custom_roles import RoleDraft
from spaces.space_roles import add_space_role
from tests.console.spaces.conftest import may, space_role
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def account_role(cast: Cast, name: str) -> AccountRole:
    return AccountRole.objects.get(account=cast.acme, name=name)


def test_the_matrix_shows_both_kinds_and_the_newer_name_of_a_permission(alice: Client, cast: Cast) -> None:
    page = alice.get("/roles")
    for text in ("Account Admin", "Space Developer", "Launch Environments", "Manage Users &amp; Groups"):
        assertContains(page, text)
    (account, _) = page.context["matrices"]
    cells = {line.permission: {role.name: has for role, has in line.cells} for line in account.lines}
    assert cells["Manage Users"] == {"Account Admin": True, "Account Member": False}


@pytest.mark.parametrize("path", ["/roles", "/roles/space/compare", "/roles/account/{id}", "/roles/space/new"])
def test_a_member_is_refused_and_an_anonymous_user_has_to_sign_in(bob: Client, cast: Cast, path: str) -> None:
    path = path.format(id=account_role(cast, "Account Admin").pk)
    assert bob.get(path).status_code == 403
    assertRedirects(Client().get(path), f"/login?next={path}")


def test_who_manages_users_only_looks(bob: Client, cast: Cast) -> None:
    may(cast, cast.bob, Permission.MANAGE_USERS)
    assertNotContains(bob.get("/roles"), "New account role")
    page = bob.get(f"/roles/account/{account_role(cast, 'Account Admin').pk}")
    assertContains(page, "alice@acme.example")
    assertNotContains(page, "Use as template")


def test_another_accounts_role_is_not_there(charlie: Client, cast: Cast) -> None:
    for kind, role in (("account", account_role(cast, "Account Admin")), ("space", space_role(cast, "Space Admin"))):
        for rest in ("", "/edit", "/delete"):
            assert charlie.get(f"/roles/{kind}/{role.pk}{rest}").status_code == 404
    assert charlie.get(f"/roles/other/{role.pk}").status_code == 404


def test_roles_are_compared_with_their_differences_marked(alice: Client, cast: Cast) -> None:
    chosen = "&".join(f"role={space_role(cast, name).pk}" for name in ("Space Member", "Space Developer"))
    page = alice.get(f"/roles/space/compare?{chosen}")
    assert [line.permission for line in page.context["matrix"].lines if line.differs] == ["Develop Blueprints"]
    assertContains(page, "differs</span>", count=1)


def test_a_comparison_of_what_is_not_there_goes_back(alice: Client, cast: Cast) -> None:
    theirs = cast.globex.spacerole_set.first()
    one = space_role(cast, "Space Member").pk
    for query in ("", f"role={one}", f"role={one}&role={theirs.pk}", f"role={one}&role=x", "role=%00"):
        assertRedirects(alice.get(f"/roles/space/compare?{query}"), "/roles")


def test_the_matrix_costs_the_same_for_many_roles(
    alice: Client, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        add_space_role(cast.acme, RoleDraft(f"Role {number}", "", frozenset()), acting=OPERATOR)
    with django_assert_max_num_queries(6):
        alice.get("/roles")
