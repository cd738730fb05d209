"""What is done with the ticked people, or with everybody who fits the filters."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertRedirects

from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import end_access
from accounts.groups.groups import create_group
from accounts.models import GroupMembership
from accounts.users import users
from console.users import selected as selected_users
from spaces.models import SpaceMembership
from spaces.spaces import space_role_named
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
PATHS = ("/users/selected/place", "/users/selected/join", "/users/selected/deprovision")


def placement(cast: Cast, space: str = "DevOps") -> dict[str, str]:
    return {"space": space, "role": str(space_role_named(cast.acme, "Space Developer").pk)}


def hidden(page: Any) -> dict[str, list[str]]:
    """The fields that a page would post."""
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.content.decode()):
        fields.setdefault(name, []).append(value)
    return fields


def test_several_are_assigned(as_alice_of: Client, cast: Cast) -> None:
    ticked = [cast.bob.pk, cast.petra.pk]
    page = as_alice_of.post("/users/selected/place?q=acme", {"person": ticked, **placement(cast)}, follow=True)
    assertRedirects(page, "/users?q=acme")
    assertContains(page, "2 users assigned to DevOps as Space Developer.")
    assert SpaceMembership.objects.filter(user__in=ticked, space=cast.space("DevOps"), origin="manual").count() == 2


def test_several_are_added_to_a_group(as_alice_of: Client, cast: Cast) -> None:
    create_group(cast.acme, "Devs", acting=OPERATOR)
    page = as_alice_of.post("/users/selected/join", {"person": [cast.petra.pk], "group": "Devs"}, follow=True)
    assertContains(page, "1 user added to Devs.")
    assert GroupMembership.objects.get(user=cast.petra).origin == "manual"


def test_deprovisioning_asks_then_does(as_alice_of: Client, cast: Cast) -> None:
    asked = as_alice_of.post("/users/selected/deprovision", {"person": [cast.bob.pk, cast.petra.pk]})
    assertContains(asked, "Deprovision 2 users?")
    assertContains(asked, cast.petra.email)
    cast.bob.refresh_from_db()
    assert cast.bob.state == "active"
    done = as_alice_of.post("/users/selected/deprovision", hidden(asked), follow=True)
    assertContains(done, "2 users deprovisioned.")
    cast.bob.refresh_from_db()
    assert cast.bob.state == "deprovisioned"


def test_the_protected_stay_and_are_named(as_alice_of: Client, cast: Cast) -> None:
    chosen = {"person": [cast.alice.pk, cast.bob.pk], "confirmed": "yes"}
    page = as_alice_of.post("/users/selected/deprovision", chosen, follow=True)
    assertContains(page, "Expected users other than yourself (alice@acme.example)")
    assertContains(page, "1 user deprovisioned.")
    cast.alice.refresh_from_db()
    assert cast.alice.state == "active"


def test_all_matching_are_assigned_after_confirmation(as_alice_of: Client, cast: Cast) -> None:
    address = "/users/selected/place?state=pending"
    asked = as_alice_of.post(address, {"everybody": "yes", **placement(cast)})
    assertContains(asked, "Assign 1 user to DevOps as Space Developer?")
    as_alice_of.post(address, hidden(asked))
    assert [m.user for m in SpaceMembership.objects.all()] == [cast.petra]


def test_many_are_done_in_portions(as_alice_of: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selected_users, "PORTION", 2)
    for number in range(4):
        users.provision_pending(cast.acme, f"p{number}@acme.example", acting=OPERATOR)
    page = as_alice_of.post("/users/selected/place", {"everybody": "yes", "confirmed": "yes", **placement(cast)})
    requests = 1
    while "<progress" in page.content.decode():
        page = as_alice_of.post("/users/selected/place", hidden(page), follow=True)
        requests += 1
    assertContains(page, "7 users assigned to DevOps")
    assert (requests, SpaceMembership.objects.count()) == (4, 7)


def test_too_many_are_refused_with_a_sentence(as_alice_of: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.users.selected.MOST", 2)
    page = as_alice_of.post("/users/selected/deprovision", {"everybody": "yes"}, follow=True)
    assertContains(page, "At most 2 users at once; the selection has 3.")


@pytest.mark.parametrize("path", PATHS)
def test_an_empty_selection_is_refused(as_alice_of: Client, path: str) -> None:
    page = as_alice_of.post(path, {"person": ["not-a-key", ""]}, follow=True)
    assertContains(page, "No users selected.")


def test_an_unknown_space_or_role_is_shown(as_alice_of: Client, cast: Cast) -> None:
    page = as_alice_of.post("/users/selected/place", {"person": [cast.bob.pk], "space": "Nowhere"}, follow=True)
    assertContains(page, "Space: This account has no space with the name")
    junk = {"person": [cast.bob.pk], "space": "QA", "role": str(uuid4())}
    assertContains(as_alice_of.post("/users/selected/place", junk, follow=True), "Space role: ")


def test_people_of_another_account_are_nobody(as_alice_of: Client, cast: Cast) -> None:
    as_alice_of.post("/users/selected/deprovision", {"person": [cast.charlie.pk], "confirmed": "yes"})
    as_alice_of.post("/users/selected/place", {"person": [cast.charlie.pk], **placement(cast)})
    cast.charlie.refresh_from_db()
    assert cast.charlie.state == "active"
    assert not SpaceMembership.objects.exists()


def test_a_deprovisioned_user_is_not_placed(as_alice_of: Client, cast: Cast) -> None:
    end_access.deprovision(cast.bob.pk, cast.acme, acting=OPERATOR)
    page = as_alice_of.post("/users/selected/place", {"person": [cast.bob.pk], **placement(cast)}, follow=True)
    assertContains(page, "No changes: nothing to do")
    assert not SpaceMembership.objects.exists()


@pytest.mark.parametrize("path", PATHS)
def test_a_member_may_not_and_nothing_is_read(cast: Cast, as_alice_of: Client, path: str) -> None:
    member = Client()
    member.force_login(cast.bob)
    assert member.post(path, {"person": [cast.petra.pk]}).status_code == 403
    assert as_alice_of.get(path).status_code == 405
