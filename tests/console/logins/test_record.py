"""The page of one login record."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import LoginRecord
from tests.console.logins.world import latest
from tests.support.cast import Cast
from tests.support.factories import oidc_connection
from tests.support.journeys import OidcJourney, SamlJourney
from tests.support.oidc_messages import Provider, Web, rsa_key, shape, sign

pytestmark = pytest.mark.django_db


SECRET_TO_US = "marker-4711"


def parts(record: LoginRecord, mark: str) -> list[str]:
    return list(dict.fromkeys(step["part"] for step in record.steps if step["mark"] == mark))


def test_a_refusal_names_expected_received_side_and_the_place_in_the_vendors_console(
    journey: SamlJourney, alice: Client
) -> None:
    journey.start()
    journey.follow(journey.post(journey.message(sp_entity_id="https://other.example")))
    page = alice.get(f"/logins/{latest().reference.lower()}")
    assert parts(latest(), "failed") == ["Conditions"]
    for words in ("https://other.example", "identity provider", "Audience URI (SP Entity ID)", "saml-audience"):
        assertContains(page, words)


def test_a_refused_id_token_is_shown_decoded_masked_and_as_not_verified(cast: Cast, web: Web, alice: Client) -> None:
    journey = OidcJourney(Provider(oidc_connection(cast.acme), web, shape("entra/oidc/member.json")))
    asked = journey.start()
    claims = journey.claims(asked, salary=SECRET_TO_US, email="mallory@acme.example")
    token = sign(claims, key=rsa_key("second"), jwk=SECRET_TO_US)
    journey.answer(token, asked)
    record = latest()
    assert record.reason == "oidc-signature"
    for words in ('"alg": "RS256"', "mallory@acme.example", '"salary": "… (11 characters)"', '"jwk": "… ('):
        assert words in record.message
    assert not any(secret in record.message for secret in (SECRET_TO_US, asked["nonce"], token))
    assertContains(alice.get(f"/logins/{record.reference}"), "not verified")


def test_a_verified_message_is_not_called_unverified(journey: SamlJourney, alice: Client) -> None:
    journey.log_in()
    assertNotContains(alice.get(f"/logins/{latest().reference}"), "not verified")
