"""Creating a user."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertRedirects

from accounts.models import AuditEntry, User
from accounts.users import users
from tests.support.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db


def role_id(cast: Cast, name: str) -> str:
    return str(users.role_named(cast.acme, name).pk)


def test_a_pending_user_is_created(as_alice_of: Client, cast: Cast) -> None:
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


def test_a_taken_email_is_a_form_error(as_alice_of: Client, cast: Cast) -> None:
    given = {"email": "BOB@acme.example", "account_role": role_id(cast, "Account Member"), "way_in": "announced"}
    assertContains(as_alice_of.post("/users/new", given), "exists already in this account")
    assertContains(as_alice_of.post("/users/new", {"email": "junk", "way_in": "junk"}), "errorlist")
