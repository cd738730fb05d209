"""Who is in a space, and changing that."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.audit.audit import OPERATOR
from accounts.groups import groups
from accounts.groups import members as group_members
from accounts.models import Origin, User
from accounts.permissions import Permission
from accounts.users import users
from spaces.group_roles import give_space_roles
from spaces.models import SpaceMembership
from spaces.placing import place_user
from tests.console.spaces.conftest import may, space_role
from tests.support.cast import Cast
from tests.support.factories import saml_connection

pytestmark = pytest.mark.django_db


def put_in_qa(cast: Cast, user: User, role: str = "Space Member", origin: Origin = Origin.MANUAL) -> SpaceMembership:
    place_user(user, cast.space("QA"), space_role(cast, role), acting=OPERATOR)
    membership = SpaceMembership.objects.get(user=user)
    membership.origin = origin
    if origin != Origin.MANUAL:
        membership.connection = saml_connection(cast.acme, name="Our Okta")
    membership.save()
    return membership


def give_through_group(cast: Cast, *people: User) -> None:
    group, _ = groups.create_group(cast.acme, "Leads", acting=OPERATOR)
    give_space_roles(group, [(cast.space("QA"), space_role(cast, "Space Admin"))], acting=OPERATOR)
    for user in people:
        group_members.add_member(group, user, acting=OPERATOR)


def qa(cast: Cast, rest: str = "") -> str:
    return f"/spaces/{cast.space('QA').pk}{rest}"


def test_people_are_shown_with_role_and_why(alice: Client, cast: Cast) -> None:
    put_in_qa(cast, cast.bob, "Space Developer", Origin.IDP)
    page = alice.get(qa(cast))
    for text in ("bob@acme.example", "Space Developer", "from the identity provider Our Okta"):
        assertContains(page, text)
    assertNotContains(alice.get(f"/spaces/{cast.space('Trial').pk}"), "bob@acme.example")


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=bo", {"bob"}), ("origin=idp", {"petra"}), ("origin=x", set()), ("role=x", set()), ("q=%00", {"bob", "petra"})],
)
def test_filters_find(alice: Client, cast: Cast, query: str, found: set[str]) -> None:
    put_in_qa(cast, cast.bob)
    put_in_qa(cast, cast.petra, origin=Origin.IDP)
    members = alice.get(qa(cast, f"?{query}")).context["listing"].page
    assert {member.user.email.partition("@")[0] for member in members} == found


def test_groups_are_shown_with_their_number_of_users(alice: Client, cast: Cast) -> None:
    give_through_group(cast, cast.bob, cast.petra)
    (grant,) = alice.get(qa(cast, "/groups?q=lead")).context["listing"].page
    assert (grant.group.name, grant.role.name, grant.people) == ("Leads", "Space Admin", 2)


@pytest.mark.parametrize("path", ["", "/groups"])
def test_a_page_costs_the_same_for_many(
    alice: Client, cast: Cast, path: str, django_assert_max_num_queries: Any
) -> None:
    for number in range(60):
        person = users.provision_pending(cast.acme, f"p{number}@acme.example", acting=OPERATOR)
        put_in_qa(cast, person)
        group, _ = groups.create_group(cast.acme, f"Group {number}", acting=OPERATOR)
        give_space_roles(group, [(cast.space("QA"), space_role(cast, "Space Admin"))], acting=OPERATOR)
    with django_assert_max_num_queries(11):
        page = alice.get(qa(cast, path))
    assertContains(page, "1 to 50 of 60")


def test_a_person_is_placed_by_email(alice: Client, cast: Cast) -> None:
    answer = alice.post(
        qa(cast, "/place"), {"email": "PETRA@acme.example ", "role": space_role(cast, "Space Admin").pk}
    )
    assertRedirects(answer, qa(cast))
    membership = SpaceMembership.objects.get(user=cast.petra)
    assert (membership.role.name, membership.origin) == ("Space Admin", Origin.MANUAL)


@pytest.mark.parametrize("email", ["charlie@globex.example", "nobody@acme.example", "", "\x00"])
def test_nobody_else_is_placed(alice: Client, cast: Cast, email: str) -> None:
    page = alice.post(qa(cast, "/place"), {"email": email, "role": space_role(cast, "Space Admin").pk})
    assert page.context["form"].errors["email"]
    assert not SpaceMembership.objects.exists()


def test_another_accounts_role_cannot_be_given(alice: Client, cast: Cast) -> None:
    theirs = cast.globex.spacerole_set.get(name="Space Admin")
    for role in (theirs.pk, "nonsense", ""):
        page = alice.post(qa(cast, "/place"), {"email": cast.bob.email, "role": role})
        assert page.context["form"].errors["role"]


def test_a_deprovisioned_user_is_refused_in_the_form(alice: Client, cast: Cast) -> None:
    User.objects.filter(pk=cast.bob.pk).update(state="deprovisioned")
    page = alice.post(qa(cast, "/place"), {"email": cast.bob.email, "role": space_role(cast, "Space Admin").pk})
    assertContains(page, "bob@acme.example is deprovisioned")


def test_another_role_is_given(alice: Client, cast: Cast) -> None:
    membership = put_in_qa(cast, cast.bob, origin=Origin.IDP)
    alice.post(qa(cast, f"/people/{cast.bob.pk}"), {"role": space_role(cast, "Space Admin").pk})
    membership.refresh_from_db()
    assert (membership.role.name, membership.origin) == ("Space Admin", Origin.MANUAL)


def test_removing_asks_and_says_what_stays_and_what_comes_back(alice: Client, cast: Cast) -> None:
    put_in_qa(cast, cast.bob, origin=Origin.IDP)
    give_through_group(cast, cast.bob)
    question = alice.post(qa(cast, f"/people/{cast.bob.pk}/take-out"))
    assertContains(question, "A login through Our Okta assigned this role.")
    assertContains(question, "stay: Space Admin through Leads")
    alice.post(qa(cast, f"/people/{cast.bob.pk}/take-out"), {"confirmed": "yes"})
    assert not SpaceMembership.objects.exists()


def test_a_place_given_by_hand_does_not_come_back(alice: Client, cast: Cast) -> None:
    put_in_qa(cast, cast.bob)
    assertNotContains(alice.get(qa(cast, f"/people/{cast.bob.pk}/take-out")), "comes back")


@pytest.mark.parametrize("path", ["/place", "/people/{id}", "/people/{id}/take-out"])
def test_who_manages_spaces_places_nobody(bob: Client, cast: Cast, path: str) -> None:
    put_in_qa(cast, cast.petra)
    may(cast, cast.bob, Permission.MANAGE_SPACES)
    assertNotContains(bob.get(qa(cast)), "Assign user")
    for answer in (bob.get(qa(cast, path.format(id=cast.petra.pk))), bob.post(qa(cast, path.format(id=cast.petra.pk)))):
        assert answer.status_code == 403


@pytest.mark.parametrize("path", ["", "/take-out"])
def test_another_accounts_people_are_not_there(alice: Client, charlie: Client, cast: Cast, path: str) -> None:
    put_in_qa(cast, cast.bob)
    assert charlie.post(qa(cast, f"/people/{cast.bob.pk}{path}"), {"confirmed": "yes"}).status_code == 404
    for person in (cast.charlie.pk, cast.petra.pk, uuid4()):
        assert alice.get(qa(cast, f"/people/{person}{path}")).status_code == 404
