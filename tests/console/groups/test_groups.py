"""The list of groups, the General tab, and the end of a group."""

from uuid import uuid4

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.audit.audit import OPERATOR
from accounts.groups.groups import create_group
from accounts.models import Group
from accounts.permissions import ACCOUNT_ADMIN
from accounts.users import users
from spaces.group_roles import give_space_roles
from spaces.spaces import space_role_named
from tests.support.cast import Cast
from tests.support.factories import mapped_group, put_in

pytestmark = pytest.mark.django_db
GUID = "0c6a7e0e-5d0c-4a43-9a53-0c6f0e6a1f99"


def typed(group: Group, **changed: str) -> dict[str, str]:
    return {"name": group.name, "description": "", "idp_identifier": group.idp_identifier, **changed}


def test_the_list_tells_type_users_and_what_it_gives(as_alice_of: Client, cast: Cast) -> None:
    admin = users.role_named(cast.acme, ACCOUNT_ADMIN)
    group, _ = create_group(cast.acme, "Ops", acting=OPERATOR, idp_identifier=GUID, account_role=admin)
    give_space_roles(group, [(cast.space("QA"), space_role_named(cast.acme, "Space Admin"))], acting=OPERATOR)
    put_in(cast.bob, group)
    page = as_alice_of.get("/groups")
    for text in ("Ops", "Identity provider", GUID, ACCOUNT_ADMIN, "1 users of Ops", "1 spaces of Ops"):
        assertContains(page, text)


def test_an_empty_list_explains_groups(as_alice_of: Client) -> None:
    assertContains(as_alice_of.get("/groups"), "Create a group")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=OP", ["Ops"]),
        (f"q={GUID[:8]}", ["Ops"]),
        ("type=idp", ["Ops"]),
        ("type=torque", ["Dev", "Sec"]),
        ("type=nonsense", []),
        ("sort=-name", ["Sec", "Ops", "Dev"]),
        ("sort=-users&type=torque", ["Sec", "Dev"]),
        ("sort=%00users&type=torque&page=9&q=%00", ["Dev", "Sec"]),
    ],
)
def test_filters_and_order(as_alice_of: Client, cast: Cast, query: str, found: list[str]) -> None:
    mapped_group(cast.acme, "Ops", GUID)
    put_in(cast.bob, create_group(cast.acme, "Sec", acting=OPERATOR)[0])
    create_group(cast.acme, "Dev", acting=OPERATOR)
    assert [line["group"].name for line in as_alice_of.get(f"/groups?{query}").context["lines"]] == found


def test_a_page_costs_the_same_for_many(as_alice_of: Client, cast: Cast, django_assert_max_num_queries: object) -> None:
    for number in range(60):
        put_in(cast.bob, mapped_group(cast.acme, f"Group {number}"))
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        page = as_alice_of.get("/groups?sort=-users&type=idp")
    assertContains(page, "1 to 50 of 60 groups")


@pytest.mark.parametrize("path", ["/groups", "/groups/new", "/groups/{}", "/groups/{}/roles", "/groups/{}/users"])
def test_who_may_see_it(as_alice_of: Client, cast: Cast, path: str) -> None:
    own, theirs = mapped_group(cast.acme, "Ops"), mapped_group(cast.globex, "Theirs")
    member = Client()
    member.force_login(cast.bob)
    assert as_alice_of.get(path.format(own.pk)).status_code == 200
    assert member.get(path.format(own.pk)).status_code == 403
    assertRedirects(Client().get(path.format(own.pk)), f"/login?next={path.format(own.pk)}")
    if "{}" in path:
        assert as_alice_of.get(path.format(theirs.pk)).status_code == 404
        assert as_alice_of.get(path.format(uuid4())).status_code == 404
    assertNotContains(as_alice_of.get("/groups"), "Theirs")


@pytest.mark.parametrize("verb", ["", "/delete", "/roles/account-role", "/roles/add", "/users"])
def test_nobody_changes_anothers_group(as_alice_of: Client, cast: Cast, verb: str) -> None:
    theirs, own = mapped_group(cast.globex, "Theirs"), mapped_group(cast.acme, "Ops")
    member = Client()
    member.force_login(cast.bob)
    body = {**typed(theirs, name="Mine"), "confirmed": "yes", "emails": "bob@acme.example"}
    assert as_alice_of.post(f"/groups/{theirs.pk}{verb}", body).status_code == 404
    assert member.post(f"/groups/{own.pk}{verb}", body).status_code == 403
    assert set(Group.objects.values_list("name", flat=True)) == {"Theirs", "Ops"}


def test_deleting_asks_and_says_who_loses_what(as_alice_of: Client, cast: Cast) -> None:
    group = mapped_group(cast.acme, "Ops")
    give_space_roles(group, [(cast.space("QA"), space_role_named(cast.acme, "Space Admin"))], acting=OPERATOR)
    put_in(cast.bob, group)
    asked = as_alice_of.post(f"/groups/{group.pk}/delete")
    assertContains(asked, "1 user loses the roles from this group: Space Admin in QA.")
    assertContains(asked, "bob@acme.example")
    assert Group.objects.exists()
    assertRedirects(as_alice_of.post(f"/groups/{group.pk}/delete", {"confirmed": "yes"}), "/groups")
    assert not Group.objects.exists()


def test_deleting_needs_a_post(as_alice_of: Client, cast: Cast) -> None:
    assert as_alice_of.get(f"/groups/{mapped_group(cast.acme, 'Ops').pk}/delete").status_code == 405


def test_a_member_does_not_see_the_section(cast: Cast) -> None:
    member = Client()
    member.force_login(cast.bob)
    assertNotContains(member.get("/"), 'href="/groups"')
