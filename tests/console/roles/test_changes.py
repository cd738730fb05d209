"""Making, changing and deleting custom roles by the pages."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertRedirects

from accounts.audit.audit import OPERATOR
from accounts.models import AccountRole
from accounts.permissions import Permission
from accounts.roles.custom_roles import RoleDraft
from accounts.tokens.tokens import issue_token, permits
from spaces.models import SpaceRole
from spaces.placing import place_user
from spaces.space_roles import add_space_role
from tests.console.spaces.conftest import may, space_role
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_new_role_starts_from_a_template(alice: Client, cast: Cast) -> None:
    page = alice.get(f"/roles/space/new?template={space_role(cast, 'Space Developer').pk}")
    assert page.context["form"].initial["permissions"] == ["View Space", "Launch Environments", "Develop Blueprints"]
    for junk in ("x", "", cast.globex.spacerole_set.get(name="Space Admin").pk):
        template = alice.get(f"/roles/space/new?template={junk}").context["template"]
        assert template == space_role(cast, "Space Member")


def test_a_custom_role_of_either_kind_is_made(alice: Client, cast: Cast) -> None:
    alice.post("/roles/space/new", {"name": "Tester", "permissions": ["View Space"]})
    alice.post("/roles/account/new", {"name": "Auditor", "permissions": ["View Audit Log"], "description": "Reads"})
    assert SpaceRole.objects.get(account=cast.acme, name="Tester").permissions == ["View Space"]
    assert AccountRole.objects.get(account=cast.acme, name="Auditor").permissions == ["View Audit Log"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"name": "A, B"}, "without comma"),
        ({"name": "space admin"}, "There is a space role &#x27;Space Admin&#x27; already"),
        ({"name": "X", "permissions": ["Fly"]}, "Select a valid choice"),
        ({"name": ""}, "This field is required"),
    ],
)
def test_what_cannot_be_is_a_form_error(alice: Client, cast: Cast, values: dict[str, str], expected: str) -> None:
    assertContains(alice.post("/roles/space/new", values), expected)
    assert SpaceRole.objects.in_account(cast.acme).count() == 3


def test_nobody_grants_what_they_lack(bob: Client, cast: Cast) -> None:
    may(cast, cast.bob, Permission.MANAGE_ROLES)
    assertContains(bob.get(f"/roles/account/new?template={cast.alice.account_role_id}"), "Not offered")
    page = bob.post("/roles/account/new", {"name": "Mine", "permissions": ["Manage Users"]})
    assertContains(page, "Select a valid choice")
    assert not AccountRole.objects.filter(name="Mine").exists()


def test_a_built_in_role_is_not_changed(alice: Client, cast: Cast) -> None:
    role = space_role(cast, "Space Member")
    for path in ("edit", "delete"):
        page = alice.post(f"/roles/space/{role.pk}/{path}", {"name": "Mine", "confirmed": "yes"}, follow=True)
        assertContains(page, "Space Member is built in")


def test_sessions_and_tokens_lose_what_the_role_loses_at_once(alice: Client, bob: Client, cast: Cast) -> None:
    may(cast, cast.bob, Permission.MANAGE_USERS)
    token, _ = issue_token(cast.bob, "CI", ["Manage Users"], acting=OPERATOR)
    assert bob.get("/users").status_code == 200
    alice.post(f"/roles/account/{cast.bob.account_role_id}/edit", {"name": "May nothing"})
    token.refresh_from_db()
    assert (bob.get("/users").status_code, permits(token, "Manage Users")) == (403, False)


def test_a_role_in_use_is_not_deleted_and_says_where_it_is(alice: Client, cast: Cast) -> None:
    role = add_space_role(cast.acme, RoleDraft("Tester", "", frozenset()), acting=OPERATOR)
    place_user(cast.bob, cast.space("QA"), role, acting=OPERATOR)
    page = alice.post(f"/roles/space/{role.pk}/delete", {"confirmed": "yes"}, follow=True)
    assertContains(page, "Tester is still used: spaces where people have it: QA.")


def test_a_role_that_nobody_has_is_deleted_after_a_question(alice: Client, cast: Cast) -> None:
    role = add_space_role(cast.acme, RoleDraft("Tester", "", frozenset()), acting=OPERATOR)
    assertContains(alice.get(f"/roles/space/{role.pk}/delete"), "Delete Tester?")
    assertRedirects(alice.post(f"/roles/space/{role.pk}/delete", {"confirmed": "yes"}), "/roles")
    assert not SpaceRole.objects.filter(pk=role.pk).exists()


@pytest.mark.parametrize("path", ["new", "{id}/edit", "{id}/delete"])
def test_who_manages_users_changes_no_role(bob: Client, cast: Cast, path: str) -> None:
    may(cast, cast.bob, Permission.MANAGE_USERS)
    address = f"/roles/space/{path.format(id=space_role(cast, 'Space Admin').pk)}"
    assert (bob.get(address).status_code, bob.post(address).status_code) == (403, 403)
