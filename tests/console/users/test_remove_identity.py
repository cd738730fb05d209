"""Identities on the page of a user, and of the selected users of the list."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import ExternalIdentity
from tests.console.users.test_selected import hidden
from tests.support.cast import Cast
from tests.support.factories import known_at, oidc_connection, saml_connection

pytestmark = pytest.mark.django_db
MANY = "/users/selected/remove-identities"


def address(identity: ExternalIdentity) -> str:
    return f"/users/{identity.user_id}/identities/{identity.pk}/remove"


@pytest.fixture
def petra(cast: Cast) -> ExternalIdentity:
    return known_at(saml_connection(cast.acme, name="Okta"), cast.petra)


def test_the_page_offers_to_remove_it(as_alice_of: Client, petra: ExternalIdentity) -> None:
    assertContains(as_alice_of.get(f"/users/{petra.user_id}"), f'action="{address(petra)}"')


def test_it_asks_and_says_how_the_user_links_again(as_alice_of: Client, petra: ExternalIdentity) -> None:
    asked = as_alice_of.post(address(petra))
    assertContains(asked, "Remove the identity of petra@acme.example at Okta?")
    assertContains(asked, "the next login with the verified email “petra@acme.example” links to this user")
    assert ExternalIdentity.objects.filter(pk=petra.pk).exists()


def test_of_a_user_whom_no_login_finds_by_email_it_says_so(as_alice_of: Client, petra: ExternalIdentity) -> None:
    petra.connection.domains.clear()
    assertContains(as_alice_of.post(address(petra)), "no login can match this user by email")


def test_of_a_user_with_a_password_it_says_how_to_link(as_alice_of: Client, cast: Cast) -> None:
    assertContains(as_alice_of.post(address(known_at(saml_connection(cast.acme), cast.bob))), "with the password")


def test_after_confirmation_it_is_removed(as_alice_of: Client, petra: ExternalIdentity) -> None:
    page = as_alice_of.post(address(petra), {"confirmed": "yes"}, follow=True)
    assertContains(page, "Identity at Okta removed, 0 sessions ended.")
    assert not ExternalIdentity.objects.exists()


def test_that_of_another_user_is_not_found(as_alice_of: Client, cast: Cast, petra: ExternalIdentity) -> None:
    path = f"/users/{cast.bob.pk}/identities/{petra.pk}/remove"
    assert as_alice_of.post(path, {"confirmed": "yes"}).status_code == 404


def test_those_of_several_people_are_removed_after_confirmation(as_alice_of: Client, cast: Cast) -> None:
    for connection in (saml_connection(cast.acme), oidc_connection(cast.acme)):
        known_at(connection, cast.petra)
    asked = as_alice_of.post(MANY, {"person": [cast.petra.pk, cast.bob.pk]})
    assertContains(asked, "Remove all identities of 2 users?")
    page = as_alice_of.post(MANY, hidden(asked), follow=True)
    assertContains(page, "1 user unlinked from all connections.")
    assertNotContains(page, "No changes: nothing to do")
    assert not ExternalIdentity.objects.exists()


def test_nobody_selected_is_said(as_alice_of: Client) -> None:
    assertContains(as_alice_of.post(MANY, follow=True), "No users selected")
