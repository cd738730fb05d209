"""The start page: who am I here, what may I do, and why."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.alerts import raise_alert
from accounts.audit.audit import OPERATOR
from accounts.groups.groups import create_group
from accounts.groups.members import add_member
from accounts.models import Account, GroupMembership, HeldDeparture, LoginRecord, Origin, User
from accounts.models.work import AlertKind
from accounts.users.users import provision_pending
from spaces.models import GroupSpaceRole
from spaces.placing import place_user
from spaces.spaces import create_space, space_role_named

HOSTILE = "<script>alert(1)</script>"


def give_space(user: User, name: str) -> None:
    space, _ = create_space(user.account, name, acting=OPERATOR)
    place_user(user, space, space_role_named(user.account, "Space Developer"), acting=OPERATOR)


def give_group(user: User, name: str, space_name: str) -> None:
    group, _ = create_group(user.account, name, acting=OPERATOR, idp_identifier=f"id-of-{name}")
    add_member(group, user, acting=OPERATOR)
    space, _ = create_space(user.account, space_name, acting=OPERATOR)
    role = space_role_named(user.account, "Space Admin")
    GroupSpaceRole.objects.create(account=user.account, group=group, space=space, role=role)


def record_login(user: User, reference: str, *decisions: str) -> None:
    LoginRecord.objects.create(
        account=user.account, user=user, reference=reference, outcome="signed-in", decisions=list(decisions)
    )


@pytest.mark.django_db
def test_it_asks_anonymous_users_to_log_in(client: Client) -> None:
    assertRedirects(client.get("/"), "/login?next=/")


def test_it_tells_who_i_am(as_alice: Client) -> None:
    page = as_alice.get("/")
    for text in ("alice@acme.example", "Acme", "Account Admin", "Manage Users"):
        assertContains(page, text)


def test_it_tells_why_i_have_a_role(as_alice: Client, alice: User) -> None:
    give_space(alice, "Design")
    give_group(alice, "Leads", "Design")
    page = as_alice.get("/")
    assertContains(page, "Space Developer: added by hand")
    assertContains(page, "Space Admin: through group Leads")


def test_it_tells_where_a_group_came_from(as_alice: Client, alice: User) -> None:
    give_group(alice, "Leads", "Design")
    GroupMembership.objects.update(origin=Origin.IDP)
    page = as_alice.get("/")
    assertContains(page, "<code>id-of-Leads</code>")
    assertContains(page, "from the identity provider")


def test_it_shows_the_last_five_logins_in_sentences(as_alice: Client, alice: User) -> None:
    for number in range(6):
        record_login(alice, f"REF-{number}", f"Sentence {number}.")
    page = as_alice.get("/")
    assertContains(page, "<li>Sentence 5.</li>")
    assertNotContains(page, "REF-0")


def test_it_explains_empty_sections(as_alice: Client) -> None:
    page = as_alice.get("/")
    for heading in ("No spaces yet", "No groups yet", "No SSO logins yet"):
        assertContains(page, heading)


def test_it_shows_nothing_of_another_account(as_alice: Client, globex: Account) -> None:
    charlie = User.objects.create(
        account=globex, email="charlie@globex.example", origin="password", account_role=globex.accountrole_set.first()
    )
    give_group(charlie, "Globex group", "Globex space")
    record_login(charlie, "GLOBEX", "Globex sentence.")
    assertNotContains(as_alice.get("/"), "lobex")


def test_it_escapes_what_others_named(as_alice: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(first_name=HOSTILE)
    Account.objects.update(name=HOSTILE)
    give_space(alice, f"{HOSTILE} space")
    give_group(alice, f"{HOSTILE} group", f"{HOSTILE} other")
    record_login(alice, "R", f"Space '{HOSTILE}' does not exist here.")
    page = as_alice.get("/")
    assertContains(page, "&lt;script&gt;alert(1)&lt;/script&gt; space")
    assertNotContains(page, "<script")


@pytest.mark.parametrize(("stored", "shown"), [("Asia/Tokyo", "Asia/Tokyo"), ("", "UTC"), ("Nowhere/Land", "UTC")])
def test_it_tells_times_in_the_persons_time_zone(as_alice: Client, alice: User, stored: str, shown: str) -> None:
    User.objects.filter(pk=alice.pk).update(timezone=stored)
    assertContains(as_alice.get("/"), f"Times in {shown}")


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("W. Europe Standard Time", "<dd>Europe/Berlin <span"),
        ("+01:00", "<dd>UTC <span"),
        ("Asia/Tokyo", "<dd>Asia/Tokyo</dd>"),
    ],
)
def test_a_zone_kept_as_it_was_sent_is_shown_as_it_is_read(
    as_alice: Client, alice: User, stored: str, shown: str
) -> None:
    User.objects.filter(pk=alice.pk).update(timezone=stored)
    for path in ("/", "/profile"):
        assertContains(as_alice.get(path), shown)


@pytest.mark.parametrize("size", [1, 12])
def test_it_asks_the_database_as_often_for_a_little_as_for_a_lot(
    as_alice: Client, alice: User, size: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(size):
        give_space(alice, f"Space {number}")
        give_group(alice, f"Group {number}", f"Space {number}")
        record_login(alice, f"R{number}", "A sentence.")
    for number in range(size):
        provision_pending(alice.account, f"p{number}@acme.example", acting=OPERATOR)
        raise_alert(alice.account_id, AlertKind.TOKEN_EXPIRY, str(number), "A token ends.")
    with django_assert_num_queries(12):
        as_alice.get("/")


def test_an_admin_sees_what_needs_attention(as_alice: Client, alice: User) -> None:
    assertContains(as_alice.get("/"), "Nothing needs attention")
    person = provision_pending(alice.account, "petra@acme.example", acting=OPERATOR)
    HeldDeparture.objects.create(account=alice.account, user=person, asked_by="Okta")
    for number in range(6):
        raise_alert(alice.account_id, AlertKind.TOKEN_EXPIRY, str(number), f"Token {number} ends.")
    page = as_alice.get("/")
    for text in ("1 pending user", "Deprovisioning awaiting approval: 1 user", "Token 5 ends.", "and 1 more alert"):
        assertContains(page, text)
    assertNotContains(page, "Token 0 ends.")


def test_nothing_of_another_account_needs_attention(as_alice: Client, globex: Account) -> None:
    person = provision_pending(globex, "gus@globex.example", acting=OPERATOR)
    HeldDeparture.objects.create(account=globex, user=person, asked_by="Okta")
    raise_alert(globex.pk, AlertKind.TOKEN_EXPIRY, "1", "Theirs ends.")
    assertContains(as_alice.get("/"), "Nothing needs attention")


def test_a_member_sees_nothing_that_needs_attention(client: Client, bob: User) -> None:
    client.force_login(bob, "accounts.authentication.AccountBackend")
    assertNotContains(client.get("/"), "Needs attention")


def test_it_refuses_post(as_alice: Client) -> None:
    assert as_alice.post("/").status_code == 405
