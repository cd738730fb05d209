"""A group's Users tab."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import end_access
from accounts.models import Group
from accounts.users import users
from tests.support.cast import Cast
from tests.support.factories import known_at, mapped_group, put_in, saml_connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def ops(cast: Cast) -> Group:
    return mapped_group(cast.acme, "Ops")


@pytest.fixture
def petra_by_okta(cast: Cast, ops: Group) -> None:
    okta = saml_connection(cast.acme, name="Okta")
    known_at(okta, cast.petra, "id-of-Ops")
    put_in(cast.petra, ops, okta)


def add(browser: Client, group: Group, emails: str) -> Any:
    return browser.post(f"/groups/{group.pk}/users", {"emails": emails})


@pytest.mark.usefixtures("petra_by_okta")
def test_it_says_whom_the_provider_manages_and_why(as_alice_of: Client, cast: Cast, ops: Group) -> None:
    put_in(cast.bob, ops)
    page = as_alice_of.get(f"/groups/{ops.pk}/users")
    assertContains(page, "The identity provider manages petra@acme.example: added at login by connection Okta.")
    assertContains(page, "Remove bob@acme.example")
    assertNotContains(page, "Remove petra@acme.example")


def test_members_are_added_by_email(as_alice_of: Client, ops: Group) -> None:
    assert add(as_alice_of, ops, "Bob@ACME.example, \n petra@acme.example,,").status_code == 302
    assertContains(as_alice_of.get(f"/groups/{ops.pk}/users"), "2 users added to Ops.")
    assert ops.members.count() == 2


@pytest.mark.parametrize("emails", ["nobody@acme.example", "charlie@globex.example", "bob@acme.example x\x00", "", ","])
def test_an_unknown_address_stops_all(as_alice_of: Client, cast: Cast, ops: Group, emails: str) -> None:
    page = add(as_alice_of, ops, emails)
    assert ops.members.count() == 0
    assertContains(page, "errorlist")


def test_too_many_at_once_are_refused(as_alice_of: Client, ops: Group) -> None:
    assertContains(add(as_alice_of, ops, "\n".join(f"p{n}@acme.example" for n in range(501))), "you entered 501")


def test_whom_the_provider_manages_is_not_added_by_hand(as_alice_of: Client, cast: Cast, ops: Group) -> None:
    known_at(saml_connection(cast.acme, name="Okta"), cast.petra)
    page = add(as_alice_of, ops, "bob@acme.example petra@acme.example")
    assertContains(page, "Nobody was added. The identity provider manages petra@acme.example")
    assert ops.members.count() == 0


def test_somebody_is_removed_after_a_question(as_alice_of: Client, cast: Cast, ops: Group) -> None:
    put_in(cast.bob, ops)
    path = f"/groups/{ops.pk}/users/{cast.bob.pk}/remove"
    assertContains(as_alice_of.post(path), "Remove bob@acme.example from Ops?")
    assertRedirects(as_alice_of.post(path, {"confirmed": "yes"}), f"/groups/{ops.pk}/users")
    assert ops.members.count() == 0


@pytest.mark.usefixtures("petra_by_okta")
def test_whom_a_login_put_in_is_not_removed_by_hand(as_alice_of: Client, cast: Cast, ops: Group) -> None:
    done = as_alice_of.post(f"/groups/{ops.pk}/users/{cast.petra.pk}/remove", {"confirmed": "yes"}, follow=True)
    assertContains(done, "Remove them from the group there.")
    assert ops.members.count() == 1


def test_charlie_is_not_found(as_alice_of: Client, cast: Cast, ops: Group) -> None:
    assert as_alice_of.post(f"/groups/{ops.pk}/users/{cast.charlie.pk}/remove").status_code == 404


@pytest.mark.parametrize(("query", "found"), [("q=BOB", {"bob"}), ("origin=idp", {"petra"}), ("origin=x", set())])
@pytest.mark.usefixtures("petra_by_okta")
def test_members_are_found(as_alice_of: Client, cast: Cast, ops: Group, query: str, found: set[str]) -> None:
    put_in(cast.bob, ops)
    lines = as_alice_of.get(f"/groups/{ops.pk}/users?{query}").context["lines"]
    assert {str(line["membership"].user).split("@")[0] for line in lines} == found


def test_a_deprovisioned_user_is_neither_shown_nor_counted(as_alice_of: Client, cast: Cast, ops: Group) -> None:
    for person in (cast.bob, cast.petra):
        put_in(person, ops)
    end_access.deprovision(cast.bob.pk, cast.acme, acting=OPERATOR)  # and the clean-up is still to come
    page = as_alice_of.get(f"/groups/{ops.pk}/users")
    assertContains(page, "1 to 1 of 1 member")
    assertNotContains(page, "bob@acme.example")


def test_a_page_costs_the_same_for_many(
    as_alice_of: Client, cast: Cast, ops: Group, django_assert_max_num_queries: object
) -> None:
    okta = saml_connection(cast.acme)
    for number in range(60):
        person = users.provision_pending(cast.acme, f"p{number}@acme.example", acting=OPERATOR)
        known_at(okta, person, "id-of-Ops")
        put_in(person, ops, okta)
    with django_assert_max_num_queries(11):  # type: ignore[operator]
        page = as_alice_of.get(f"/groups/{ops.pk}/users?sort=name")
    assertContains(page, "1 to 50 of 60 members")
