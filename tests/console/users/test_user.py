"""The page of one person, and what an admin changes there."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import cleanup, end_access
from accounts.deprovisioning.erase import erase
from accounts.groups.groups import create_group
from accounts.groups.members import add_member
from accounts.models import ApiToken, AuditEntry, ExternalIdentity, GroupMembership, SignedInSession, User
from accounts.permissions import Permission
from accounts.tokens import tokens
from accounts.users import users
from spaces.group_roles import give_space_roles
from spaces.models import SpaceMembership
from spaces.placing import place_users
from spaces.spaces import space_role_named
from tests.conftest import LogIn
from tests.support.cast import PASSWORD, Cast
from tests.support.factories import claims, saml_connection

pytestmark = pytest.mark.django_db


def address(person: User, more: str = "") -> str:
    return f"/users/{person.pk}{more}"


def role_id(cast: Cast, name: str) -> str:
    return str(users.role_named(cast.acme, name).pk)


@pytest.fixture
def placed(cast: Cast) -> Cast:
    """Bob has a role in Trial himself, and one in QA through group Devs."""
    place_users([cast.bob.pk], cast.space("Trial"), space_role_named(cast.acme, "Space Member"), acting=OPERATOR)
    devs, _ = create_group(cast.acme, "Devs", acting=OPERATOR)
    add_member(devs, cast.bob, acting=OPERATOR)
    give_space_roles(devs, [(cast.space("QA"), space_role_named(cast.acme, "Space Admin"))], acting=OPERATOR)
    return cast


def test_it_says_why_they_have_each_right(as_alice_of: Client, placed: Cast) -> None:
    page = as_alice_of.get(address(placed.bob))
    assertContains(page, "added by hand")
    assertContains(page, "through group Devs")


def test_it_names_the_login_that_gave_a_right(as_alice_of: Client, cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme, name="Okta")
    arrived = claims(okta, email=cast.petra.email, space_names=("QA",), space_roles=("Space Developer",))
    log_in(arrived, okta)
    page = as_alice_of.get(address(cast.petra))
    assertContains(page, "from the identity provider Okta")
    assertContains(page, ExternalIdentity.objects.get(user=cast.petra).subject)
    assertContains(page, "Activated petra@acme.example at first login")


@pytest.mark.parametrize("who", ["charlie", "erased"])
def test_somebody_elses_person_is_not_there(as_alice_of: Client, cast: Cast, who: str) -> None:
    if who == "erased":
        erase(cast.bob.pk, cast.acme, acting=OPERATOR)
    person = cast.charlie if who == "charlie" else cast.bob
    assert as_alice_of.get(address(person)).status_code == 404
    for more in ("/deprovision", "/restore", "/account-role", "/spaces", "/groups", "/sessions/end", "/password-link"):
        assert as_alice_of.post(address(person, more)).status_code == 404


def test_a_member_is_refused_and_a_stranger_signs_in(cast: Cast) -> None:
    member = Client()
    member.force_login(cast.bob)
    assert member.get(address(cast.petra)).status_code == 403
    assert member.post(address(cast.petra, "/deprovision"), {"confirmed": "yes"}).status_code == 403
    assertRedirects(Client().get(address(cast.petra)), f"/login?next={address(cast.petra)}")


def test_it_costs_the_same_for_many_rights(
    as_alice_of: Client, placed: Cast, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        group, _ = create_group(placed.acme, f"G{number}", acting=OPERATOR)
        add_member(group, placed.bob, acting=OPERATOR)
    with django_assert_max_num_queries(29):
        as_alice_of.get(address(placed.bob))


def test_the_account_role_is_changed(as_alice_of: Client, cast: Cast) -> None:
    as_alice_of.post(address(cast.bob, "/account-role"), {"role": role_id(cast, "Account Admin")})
    cast.bob.refresh_from_db()
    assert cast.bob.account_role.name == "Account Admin"


def test_the_last_admin_keeps_the_role(as_alice_of: Client, cast: Cast) -> None:
    page = as_alice_of.post(address(cast.alice, "/account-role"), {"role": role_id(cast, "Account Member")})
    assertContains(page, "is the last account admin")
    assert AuditEntry.objects.filter(action="user.protected").exists()


def test_nobody_gives_more_than_they_have(cast: Cast) -> None:
    clerk = cast.acme.accountrole_set.create(name="Clerk", permissions=[Permission.MANAGE_USERS])
    users.set_account_role(cast.bob, clerk, acting=OPERATOR)
    browser = Client()
    browser.force_login(cast.bob)
    page = browser.post(address(cast.bob, "/account-role"), {"role": role_id(cast, "Account Admin")})
    assertContains(page, "which you do not have")
    page = browser.post(address(cast.alice, "/password-link"), {"confirmed": "yes"}, follow=True)
    assertContains(page, "which you do not have")


def test_they_are_placed_and_taken_out(as_alice_of: Client, cast: Cast) -> None:
    qa, role = cast.space("QA"), space_role_named(cast.acme, "Space Developer")
    as_alice_of.post(address(cast.petra, "/spaces"), {"space": "QA", "role": str(role.pk)})
    assert SpaceMembership.objects.get(user=cast.petra).role == role
    out = address(cast.petra, f"/spaces/{qa.pk}/take-out")
    assertContains(as_alice_of.post(out), "the next login assigns it again")
    as_alice_of.post(out, {"confirmed": "yes"})
    assert not SpaceMembership.objects.filter(user=cast.petra).exists()


def test_a_wrong_space_or_group_is_told_on_the_page(as_alice_of: Client, cast: Cast) -> None:
    page = as_alice_of.post(address(cast.petra, "/spaces"), {"space": "Nowhere", "role": "junk"})
    assertContains(page, "This account has no space with the name")
    page = as_alice_of.post(address(cast.petra, "/groups"), {"group": "Nobodies"})
    assertContains(page, "This account has no group with the name")


def test_why_somebody_who_is_out_gets_nothing_is_told(as_alice_of: Client, cast: Cast) -> None:
    end_access.deprovision(cast.bob.pk, cast.acme, acting=OPERATOR)
    create_group(cast.acme, "Devs", acting=OPERATOR)
    role = space_role_named(cast.acme, "Space Member")
    page = as_alice_of.post(address(cast.bob, "/spaces"), {"space": "QA", "role": str(role.pk)}, follow=True)
    assertContains(page, "bob@acme.example is deprovisioned and can be placed in a space only after")
    page = as_alice_of.post(address(cast.bob, "/groups"), {"group": "Devs"}, follow=True)
    assertContains(page, "Nobody was added: bob@acme.example no longer has access here.")


def test_they_join_and_leave_a_group(as_alice_of: Client, cast: Cast) -> None:
    devs, _ = create_group(cast.acme, "Devs", acting=OPERATOR)
    as_alice_of.post(address(cast.petra, "/groups"), {"group": "Devs"})
    assert GroupMembership.objects.filter(user=cast.petra, group=devs).exists()
    leave = address(cast.petra, f"/groups/{devs.pk}/remove")
    assertContains(as_alice_of.post(leave), "The user loses the roles that Devs assigns")
    as_alice_of.post(leave, {"confirmed": "yes"})
    assert not GroupMembership.objects.filter(user=cast.petra).exists()


def test_deprovisioning_asks_and_restoring_brings_back(as_alice_of: Client, placed: Cast) -> None:
    assertContains(as_alice_of.post(address(placed.bob, "/deprovision")), "Deprovision bob@acme.example?")
    as_alice_of.post(address(placed.bob, "/deprovision"), {"confirmed": "yes"})
    cleanup.finish(placed.bob.pk)
    page = as_alice_of.get(address(placed.bob))
    assertContains(page, "Former access")
    assertContains(page, "Trial (Space Member)")
    assertNotContains(page, "Assign to space")
    as_alice_of.post(address(placed.bob, "/restore"))
    placed.bob.refresh_from_db()
    assert placed.bob.state == "active"


def test_nobody_deprovisions_themselves(as_alice_of: Client, cast: Cast) -> None:
    page = as_alice_of.post(address(cast.alice, "/deprovision"), {"confirmed": "yes"}, follow=True)
    assertContains(page, "Expected people other than yourself")


def test_their_sessions_are_ended_one_or_all(as_alice_of: Client, cast: Cast) -> None:
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.force_login(cast.bob)
    first = SignedInSession.objects.filter(user=cast.bob).order_by("created_at").first()
    assert first is not None
    as_alice_of.post(address(cast.bob, f"/sessions/{first.pk}/end"))
    assert [browser.get("/").status_code for browser in browsers] == [302, 200]
    assertContains(as_alice_of.post(address(cast.bob, "/sessions/end")), "End all sessions of bob@acme.example?")
    as_alice_of.post(address(cast.bob, "/sessions/end"), {"confirmed": "yes"})
    assert browsers[1].get("/").status_code == 302


def test_a_session_is_ended_only_through_its_own_person(as_alice_of: Client, cast: Cast) -> None:
    Client().force_login(cast.charlie)
    theirs = SignedInSession.objects.get(user=cast.charlie)
    assert as_alice_of.post(address(cast.bob, f"/sessions/{theirs.pk}/end")).status_code == 404


def test_their_tokens_are_shown_and_revoked(as_alice_of: Client, cast: Cast) -> None:
    token, _ = tokens.issue_token(cast.bob, "deploy", [], acting=OPERATOR)
    assertContains(as_alice_of.get(address(cast.bob)), token.prefix)
    revoke = address(cast.bob, f"/tokens/{token.pk}/revoke")
    assertContains(as_alice_of.post(revoke), "Revoke the token &#x27;deploy&#x27; of bob@acme.example?")
    as_alice_of.post(revoke, {"confirmed": "yes"})
    assert ApiToken.objects.get(pk=token.pk).revoked_at is not None
    assert as_alice_of.post(address(cast.petra, f"/tokens/{token.pk}/revoke")).status_code == 404


def test_somebody_is_announced(as_alice_of: Client, cast: Cast) -> None:
    given = {"email": "dana@acme.example", "account_role": role_id(cast, "Account Member"), "way_in": "announced"}
    page = as_alice_of.post("/users/new", given, follow=True)
    assertContains(page, "User dana@acme.example created")
    assert User.objects.get(email="dana@acme.example").state == "pending"


def test_somebody_gets_a_link_to_set_a_password(as_alice_of: Client, cast: Cast) -> None:
    given = {"email": "dana@acme.example", "account_role": role_id(cast, "Account Member"), "way_in": "password"}
    page = as_alice_of.post("/users/new", given)
    link = page.content.decode().split('<code id="link">')[1].split("</code>")[0]
    stranger = Client()
    typed = {"new_password": PASSWORD, "repeat_password": PASSWORD}
    assertRedirects(stranger.post(link[link.index("/set-password") :], typed), "/login")
    assert AuditEntry.objects.filter(action="user.password-link-made").exists()


def test_a_taken_email_is_told_in_the_form(as_alice_of: Client, cast: Cast) -> None:
    given = {"email": "BOB@acme.example", "account_role": role_id(cast, "Account Member"), "way_in": "announced"}
    assertContains(as_alice_of.post("/users/new", given), "exists already in this account")
    assertContains(as_alice_of.post("/users/new", {"email": "junk", "way_in": "junk"}), "errorlist")


def test_a_pending_person_has_no_password_link(as_alice_of: Client, cast: Cast) -> None:
    page = as_alice_of.post(address(cast.petra, "/password-link"), {"confirmed": "yes"}, follow=True)
    assertContains(page, "Expected an active user who signs in with a password")


def test_an_external_id_that_another_user_has_is_kept_with_a_warning(as_alice_of: Client, cast: Cast) -> None:
    User.objects.filter(pk=cast.bob.pk).update(external_id="bo")
    values = {"email": "petra@acme.example", "user_name": "", "external_id": "bo"}
    answer = as_alice_of.post(address(cast.petra, "/identifiers"), values, follow=True)
    assertContains(answer, "is also used by bob@acme.example, so logins do not match users by it.")
    assert User.objects.get(pk=cast.petra.pk).external_id == "bo"
