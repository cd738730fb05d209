"""The page of one person, and what an admin changes there."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertRedirects

from accounts.audit.audit import OPERATOR
from accounts.groups.groups import create_group
from accounts.groups.members import add_member
from accounts.models import ExternalIdentity, User
from tests.conftest import LogIn
from tests.support.cast import Cast
from tests.support.changing import erase
from tests.support.factories import claims, saml_connection

pytestmark = pytest.mark.django_db


def address(person: User, more: str = "") -> str:
    return f"/users/{person.pk}{more}"


def test_it_says_why_they_have_each_right(as_alice_of: Client, bob_with_rights: Cast) -> None:
    page = as_alice_of.get(address(bob_with_rights.bob))
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
def test_a_user_of_another_account_is_not_found(as_alice_of: Client, cast: Cast, who: str) -> None:
    if who == "erased":
        erase(cast.bob.pk, cast.acme, acting=OPERATOR)
    person = cast.charlie if who == "charlie" else cast.bob
    assert as_alice_of.get(address(person)).status_code == 404
    for more in ("/deprovision", "/restore", "/account-role", "/spaces", "/groups", "/sessions/end", "/password-link"):
        assert as_alice_of.post(address(person, more)).status_code == 404


def test_a_member_is_refused_and_an_anonymous_user_has_to_sign_in(cast: Cast) -> None:
    member = Client()
    member.force_login(cast.bob)
    assert member.get(address(cast.petra)).status_code == 403
    assert member.post(address(cast.petra, "/deprovision"), {"confirmed": "yes"}).status_code == 403
    assertRedirects(Client().get(address(cast.petra)), f"/login?next={address(cast.petra)}")


def test_it_costs_the_same_for_many_rights(
    as_alice_of: Client, bob_with_rights: Cast, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        group, _ = create_group(bob_with_rights.acme, f"G{number}", acting=OPERATOR)
        add_member(group, bob_with_rights.bob, acting=OPERATOR)
    with django_assert_max_num_queries(29):
        as_alice_of.get(address(bob_with_rights.bob))
