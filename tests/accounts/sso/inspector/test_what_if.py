"""What-if: attributes in any spelling an admin has at hand, tried by the engine of real logins; nothing is saved."""

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains

from accounts.models import LoginRecord, User
from accounts.sso.inspector.pasted import unverified_attributes
from accounts.sso.refusal import LoginRefused
from tests.cast import Cast
from tests.factories import oidc_connection, saml_connection
from tests.journeys import SamlJourney, signed_connection
from tests.oidc_messages import b64
from tests.saml_messages import response

pytestmark = pytest.mark.django_db
CLAIMS = {"email": "dana@acme.example", "space_name": "Trial"}


@pytest.fixture
def alice(cast: Cast) -> Client:
    browser = Client()
    browser.force_login(cast.alice, "accounts.authentication.AccountBackend")
    return browser


def tried(browser: Client, connection: Any, text: str, person: str = "") -> Any:
    form = {"connection": str(connection.pk), "attributes": text, "person": person}
    return browser.post("/logins/what-if", form)


def test_it_tells_person_and_spaces_and_saves_nothing(cast: Cast, alice: Client) -> None:
    page = tried(alice, saml_connection(cast.acme), json.dumps(CLAIMS))
    assertContains(page, "would sign in")
    assertContains(page, "Created dana@acme.example at this first login.")
    assert not User.objects.filter(email="dana@acme.example").exists()
    assert not LoginRecord.objects.exists()


def test_a_refusal_is_told_as_in_the_inspector(cast: Cast, alice: Client) -> None:
    page = tried(alice, saml_connection(cast.acme), json.dumps({"email": "bob@acme.example"}))
    assertContains(page, "email-taken")
    assertContains(page, "Expected")


def test_it_is_tried_as_a_chosen_person(cast: Cast, alice: Client) -> None:
    page = tried(alice, saml_connection(cast.acme), json.dumps({"space_name": "QA"}), "PETRA@acme.example")
    assertContains(page, "petra@acme.example was pending")
    unknown = tried(alice, saml_connection(cast.acme, name="Other"), "{}", "charlie@globex.example")
    assertContains(unknown, "Expected the email of somebody in Acme")


def test_it_begins_with_a_recorded_login(cast: Cast, alice: Client) -> None:
    SamlJourney(signed_connection(cast.acme)).log_in()
    page = alice.get(f"/logins/what-if?from={LoginRecord.objects.get().reference}")
    assertContains(page, "&quot;email&quot;: &quot;dana@acme.example&quot;")


def test_a_connection_of_another_account_cannot_be_chosen(cast: Cast, alice: Client) -> None:
    page = tried(alice, oidc_connection(cast.globex), json.dumps(CLAIMS))
    assertContains(page, "Select a valid choice")


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(CLAIMS),
        f"{b64(b'{}')}.{b64(json.dumps(CLAIMS).encode())}.c2ln",
        response("okta", attributes={name: [value] for name, value in CLAIMS.items()}),
    ],
    ids=["JSON", "ID token", "SAML response"],
)
def test_every_spelling_is_read(text: str) -> None:
    found = unverified_attributes(text)
    assert found["email"] in ("dana@acme.example", ["dana@acme.example"])


@pytest.mark.parametrize(
    "text", ["[]", "{", "hello", "<a/>", "<!DOCTYPE a><a/>", "a.b.c", "\ud800", "{" * 5000, "9" * 300_000]
)
def test_nonsense_is_a_sentence(text: str) -> None:
    with pytest.raises(LoginRefused) as refused:
        unverified_attributes(text)
    assert refused.value.expected


def test_nonsense_in_the_page_is_an_error_of_the_form(cast: Cast, alice: Client) -> None:
    page = tried(alice, saml_connection(cast.acme), "hello")
    assert page.status_code == 200
    assertContains(page, "errorlist")
