"""The list of spaces, and making, changing and deleting one."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.audit.audit import OPERATOR
from accounts.groups.groups import create_group
from accounts.models import AuditEntry, GroupMembership
from accounts.permissions import Permission
from spaces.group_roles import give_space_roles
from spaces.models import Space, SpaceMembership
from spaces.placing import place_user
from spaces.spaces import create_space, set_default_placement
from tests.console.spaces.conftest import may, space_role
from tests.support.cast import Cast
from tests.support.factories import saml_connection

pytestmark = pytest.mark.django_db


def fill(cast: Cast, name: str) -> Space:
    """Bob has a role of his own in the space, and a group gives two."""
    space, _ = create_space(cast.acme, name, acting=OPERATOR)
    place_user(cast.bob, space, space_role(cast, "Space Member"), acting=OPERATOR)
    group, _ = create_group(cast.acme, f"Group of {name}", acting=OPERATOR)
    roles = [space_role(cast, "Space Admin"), space_role(cast, "Space Member")]
    give_space_roles(group, [(space, role) for role in roles], acting=OPERATOR)
    return space


def test_it_lists_spaces_with_people_and_groups(alice: Client, cast: Cast) -> None:
    fill(cast, "QA")
    create_space(cast.globex, "Secret", acting=OPERATOR)
    rows = alice.get("/spaces?sort=-people").context["listing"].page.object_list
    assert [(row.name, row.people, row.groups) for row in rows] == [("QA", 1, 1), ("Trial", 0, 0), ("DevOps", 0, 0)]


@pytest.mark.parametrize(("query", "found"), [("q=dev", ["DevOps"]), ("q=%00&page=9", ["DevOps", "QA", "Trial"])])
def test_a_search_finds(alice: Client, query: str, found: list[str]) -> None:
    assert [space.name for space in alice.get(f"/spaces?{query}").context["listing"].page] == found


def test_the_list_costs_the_same_for_many(alice: Client, cast: Cast, django_assert_max_num_queries: Any) -> None:
    for number in range(60):
        fill(cast, f"Space {number:02}")
    with django_assert_max_num_queries(7):
        page = alice.get("/spaces?sort=-groups")
    assertContains(page, "1 to 50 of 63 spaces")


def test_an_account_without_spaces_is_shown_what_they_are(alice: Client) -> None:
    Space.objects.all().delete()
    assertContains(alice.get("/spaces"), "No spaces yet")


@pytest.mark.parametrize("path", ["/spaces", "/spaces/new", "/spaces/{id}", "/spaces/{id}/edit", "/spaces/{id}/delete"])
def test_a_member_is_refused_and_an_anonymous_user_has_to_sign_in(bob: Client, cast: Cast, path: str) -> None:
    path = path.format(id=cast.space("QA").pk)
    assert bob.get(path).status_code == 403
    assertRedirects(Client().get(path), f"/login?next={path}")


@pytest.mark.parametrize("path", ["", "/edit", "/delete", "/groups", "/place"])
def test_another_accounts_space_is_not_there(charlie: Client, cast: Cast, path: str) -> None:
    address = f"/spaces/{cast.space('QA').pk}{path}"
    assert (charlie.get(address).status_code, charlie.get(f"/spaces/nonsense{path}").status_code) == (404, 404)
    if path in ("/edit", "/delete", "/place"):
        assert charlie.post(address, {"confirmed": "yes"}).status_code == 404


def test_who_manages_users_only_looks(bob: Client, cast: Cast) -> None:
    may(cast, cast.bob, Permission.MANAGE_USERS)
    assertNotContains(bob.get("/spaces"), "New space")
    assertNotContains(bob.get(f"/spaces/{cast.space('QA').pk}"), ">Delete<")
    assert bob.post("/spaces/new", {"name": "Mine"}).status_code == 403


def test_a_space_is_made(alice: Client, cast: Cast) -> None:
    page = alice.post("/spaces/new", {"name": " Design ", "description": "Pixels"}, follow=True)
    assertContains(page, "Space Design created. Next, assign users.")
    assert cast.space("Design").description == "Pixels"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("A, B", "without comma"),
        ("QA", "There is a space &#x27;QA&#x27; already"),
        ("", "This field is required"),
        ("x" * 256, "at most 255"),
        ("a\x07b", "without comma"),
    ],
)
def test_a_name_that_cannot_be_is_a_form_error(alice: Client, cast: Cast, name: str, expected: str) -> None:
    assertContains(alice.post("/spaces/new", {"name": name}), expected)
    assertContains(alice.post(f"/spaces/{cast.space('Trial').pk}/edit", {"name": name}), expected)
    assert Space.objects.in_account(cast.acme).count() == 3


def test_a_change_is_written_down_with_what_was_before(alice: Client, cast: Cast) -> None:
    alice.post(f"/spaces/{cast.space('QA').pk}/edit", {"name": "Quality", "description": ""})
    entry = AuditEntry.objects.get(action="space.updated")
    assert (entry.actor, entry.changes) == ("alice@acme.example", {"name": ["QA", "Quality"]})


def test_deleting_asks_first_saying_how_many_lose_it(alice: Client, cast: Cast) -> None:
    space = fill(cast, "QA")
    question = alice.post(f"/spaces/{space.pk}/delete")
    assertContains(question, "1 user loses a direct role in it, and 1 group loses its role in it.")
    assertRedirects(alice.post(f"/spaces/{space.pk}/delete", {"confirmed": "yes"}), "/spaces")
    assert not SpaceMembership.objects.exists()
    assert AuditEntry.objects.get(action="space.deleted").changes == {"people": [1, 0], "groups": [1, 0]}


def test_a_space_that_a_connection_places_people_in_stays(alice: Client, cast: Cast) -> None:
    set_default_placement(saml_connection(cast.acme, name="Our Okta"), "QA", "Space Member")
    for yes in ({}, {"confirmed": "yes"}):
        page = alice.post(f"/spaces/{cast.space('QA').pk}/delete", yes, follow=True)
        assertContains(page, "First logins through Our Okta are placed in QA by default")


def test_deleting_a_space_leaves_groups_and_people(alice: Client, cast: Cast) -> None:
    space = fill(cast, "QA")
    GroupMembership.objects.create(
        account=cast.acme, user=cast.bob, group=space.group_roles.first().group, origin="manual"
    )
    alice.post(f"/spaces/{space.pk}/delete", {"confirmed": "yes"})
    assert GroupMembership.objects.filter(user=cast.bob).exists()
