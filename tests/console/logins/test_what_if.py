"""What-if: attributes in any spelling an admin has at hand, tried by the engine of real logins; nothing is saved."""

import json

import pytest
from django.test import Client
from pytest_django.asserts import assertContains

from accounts.models import LoginRecord, User
from tests.console.logins.world import tried
from tests.support.cast import Cast
from tests.support.factories import oidc_connection, saml_connection

pytestmark = pytest.mark.django_db
CLAIMS = {"email": "dana@acme.example", "space_name": "Trial"}


def test_it_tells_person_and_spaces_and_saves_nothing(cast: Cast, alice: Client) -> None:
    page = tried(alice, saml_connection(cast.acme), json.dumps(CLAIMS))
    assertContains(page, "would sign in")
    assertContains(page, "Created dana@acme.example at this first login.")
    assert not User.objects.filter(email="dana@acme.example").exists()
    assert not LoginRecord.objects.exists()


def test_a_refusal_is_shown_as_in_the_inspector(cast: Cast, alice: Client) -> None:
    page = tried(alice, saml_connection(cast.acme), json.dumps({"email": "bob@acme.example"}))
    assertContains(page, "email-taken")
    assertContains(page, "Expected")


def test_it_is_tried_as_a_chosen_person(cast: Cast, alice: Client) -> None:
    page = tried(alice, saml_connection(cast.acme), json.dumps({"space_name": "QA"}), "PETRA@acme.example")
    assertContains(page, "petra@acme.example was pending")
    unknown = tried(alice, saml_connection(cast.acme, name="Other"), "{}", "charlie@globex.example")
    assertContains(unknown, "Expected the email of a user of Acme")


def test_masked_values_that_are_pasted_are_left_out_by_name(cast: Cast, alice: Client) -> None:
    sent = {**CLAIMS, "groups": ["… (7 characters)"], "space_role": "… (11 characters)", "list": ["a", "… (b)"]}
    page = tried(alice, saml_connection(cast.acme), json.dumps(sent))
    assertContains(page, "only their length is stored: groups, space_role.")
    assert "… (b)" in page.context["form"].data["attributes"]


def test_a_connection_of_another_account_cannot_be_chosen(cast: Cast, alice: Client) -> None:
    page = tried(alice, oidc_connection(cast.globex), json.dumps(CLAIMS))
    assertContains(page, "Select a valid choice")


def test_nonsense_in_the_page_is_an_error_of_the_form(cast: Cast, alice: Client) -> None:
    page = tried(alice, saml_connection(cast.acme), "hello")
    assert page.status_code == 200
    assertContains(page, "errorlist")
