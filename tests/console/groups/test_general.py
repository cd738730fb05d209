"""Tab General of a group: fields, IdP identifier, preview."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import Group
from accounts.permissions import ACCOUNT_ADMIN
from accounts.users import users
from spaces.spaces import space_role_named
from tests.support.cast import Cast
from tests.support.factories import known_at, mapped_group, put_in, saml_connection

pytestmark = pytest.mark.django_db
GUID = "0c6a7e0e-5d0c-4a43-9a53-0c6f0e6a1f99"


def typed(group: Group, **changed: str) -> dict[str, str]:
    return {"name": group.name, "description": "", "idp_identifier": group.idp_identifier, **changed}


def test_a_group_is_made_with_all_its_fields(as_alice_of: Client, cast: Cast) -> None:
    """The group body of `requirements.md` 1: name, description, identifier; users, account role, space roles."""
    body = {"name": "Ops", "description": "On call", "idp_identifier": GUID}
    made = as_alice_of.post("/groups/new", body)
    group = Group.objects.get(account=cast.acme)
    assertRedirects(made, f"/groups/{group.pk}/roles")
    admin = users.role_named(cast.acme, ACCOUNT_ADMIN)
    yes = {"account_role": admin.pk, "confirmed": "yes"}
    as_alice_of.post(f"/groups/{group.pk}/roles/account-role", yes)
    role = space_role_named(cast.acme, "Space Developer")
    as_alice_of.post(f"/groups/{group.pk}/roles/add", {"space": "QA", "role": role.pk})
    as_alice_of.post(f"/groups/{group.pk}/users", {"emails": "BOB@acme.example"})
    group.refresh_from_db()
    assert {name: getattr(group, name) for name in body} == body
    assert group.account_role == admin
    assert [(str(grant.space), str(grant.role)) for grant in group.space_roles.all()] == [("QA", "Space Developer")]
    assert [user.email for user in group.members.all()] == ["bob@acme.example"]


@pytest.mark.parametrize("body", [{"name": ""}, {"name": "x" * 256}, {"name": "a\x00b"}, {}])
def test_a_name_is_asked_for(as_alice_of: Client, body: dict[str, str]) -> None:
    page = as_alice_of.post("/groups/new", body)
    assert page.status_code == 200
    assert page.context["form"].errors
    assert not Group.objects.exists()


@pytest.mark.parametrize("body", [{"name": "Ops"}, {"name": "Other", "idp_identifier": "id-of-Ops"}])
def test_what_another_group_has_is_refused_in_the_form(as_alice_of: Client, cast: Cast, body: dict[str, str]) -> None:
    mapped_group(cast.acme, "Ops")
    assert as_alice_of.post("/groups/new", body).context["form"].errors
    assert Group.objects.count() == 1


def test_a_seen_identifier_is_taken_with_one_click_and_what_was_typed_stays(as_alice_of: Client, cast: Cast) -> None:
    known_at(saml_connection(cast.acme), cast.petra, GUID)
    assertContains(as_alice_of.get("/groups/new"), f"Use {GUID}")
    page = as_alice_of.post("/groups/new", {"name": "Half typed", "use": GUID})
    assertContains(page, 'value="Half typed"')
    assertContains(page, f'value="{GUID}"')
    assertContains(page, "Saving adds 1 user at their next login.")
    assert not Group.objects.exists()


def test_scripts_get_the_preview_alone(as_alice_of: Client, cast: Cast) -> None:
    group = mapped_group(cast.acme, "Ops")
    known_at(saml_connection(cast.acme), cast.petra, "dev")
    page = as_alice_of.post(f"/groups/{group.pk}", typed(group, idp_identifier="dev"), headers={"HX-Request": "true"})
    assertContains(page, "Saving adds 1 user and removes no users at their next login.")
    assertNotContains(page, "<form")
    group.refresh_from_db()
    assert group.idp_identifier == "id-of-Ops"


def test_the_preview_warns_of_what_cannot_be(as_alice_of: Client, cast: Cast) -> None:
    group, _ = mapped_group(cast.acme, "Ops"), mapped_group(cast.acme, "Dev", "dev")
    saml_connection(cast.acme, vendor="entra")
    for identifier, warning in (
        ("dev", "already has this identifier"),
        ("x\x00y", "a GUID; this identifier is not one"),
        ("", "Current members stay"),
    ):
        page = as_alice_of.post(f"/groups/{group.pk}", typed(group, idp_identifier=identifier, preview="yes"))
        assertContains(page, warning)


def test_saving_asks_first_when_somebody_will_be_removed(as_alice_of: Client, cast: Cast) -> None:
    group, okta = mapped_group(cast.acme, "Ops"), saml_connection(cast.acme)
    known_at(okta, cast.petra, "id-of-Ops")
    put_in(cast.petra, group, okta)
    body = typed(group, idp_identifier="dev", name="Operations")
    asked = as_alice_of.post(f"/groups/{group.pk}", body)
    assertContains(asked, "Saving adds no users and removes 1 user at their next login.")
    assertContains(asked, "petra@acme.example")
    assert Group.objects.get().name == "Ops"
    assertRedirects(as_alice_of.post(f"/groups/{group.pk}", {**body, "confirmed": "yes"}), f"/groups/{group.pk}")
    assert (Group.objects.get().name, Group.objects.get().idp_identifier) == ("Operations", "dev")
