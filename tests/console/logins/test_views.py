"""The login inspector: each attempt step by step, for admins of the account alone."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import LoginRecord
from accounts.sso.saml import service_provider
from tests.console.logins.world import latest, signed_in
from tests.support.cast import Cast
from tests.support.factories import mapped_group, oidc_connection
from tests.support.journeys import OidcJourney, SamlJourney
from tests.support.oidc_messages import Provider, Web, rsa_key, shape, sign
from tests.support.saml_messages import setting

pytestmark = pytest.mark.django_db
SECRET_TO_US = "marker-4711"


def parts(record: LoginRecord, mark: str) -> list[str]:
    return list(dict.fromkeys(step["part"] for step in record.steps if step["mark"] == mark))


def test_a_login_is_told_from_its_request_to_its_groups(cast: Cast, journey: SamlJourney, alice: Client) -> None:
    mapped_group(cast.acme, "Operations", "Ops")
    given = {"email": ["dana@acme.example"], "groups": ["Ops", "Chess"], "space_name": ["Trial,Atlantis"]}
    journey.log_in(attributes=given)
    page = alice.get(f"/logins/{latest().reference}")
    told = ["Request", "Answer", "Signature", "Conditions", "Person", "Groups", "Spaces and roles"]
    assert set(told) <= {step["part"] for step in latest().steps}
    for words in (
        "Operations",
        "Chess",
        "Atlantis",
        "Created dana@acme.example",
        service_provider.acs_url(journey.connection),
    ):
        assertContains(page, words)


def test_a_refusal_names_expected_received_side_and_the_place_in_the_vendors_console(
    journey: SamlJourney, alice: Client
) -> None:
    journey.start()
    journey.follow(journey.post(journey.message(sp_entity_id="https://other.example")))
    page = alice.get(f"/logins/{latest().reference.lower()}")
    assert parts(latest(), "failed") == ["Conditions"]
    for words in ("https://other.example", "identity provider", "Audience URI (SP Entity ID)", "saml-audience"):
        assertContains(page, words)


def test_a_value_that_nothing_is_read_from_is_kept_nowhere(journey: SamlJourney, alice: Client) -> None:
    journey.log_in(attributes={"email": ["dana@acme.example"], "salary": [SECRET_TO_US]})
    record = latest()
    assert "salary" in record.attributes
    assert SECRET_TO_US not in f"{record.attributes}{record.message}{record.steps}"
    assertContains(alice.get(f"/logins/{record.reference}"), "salary")


def test_the_message_is_shown_without_signature_and_session(journey: SamlJourney) -> None:
    journey.log_in(edit=setting("//a:AuthnStatement", "SessionIndex", "_s-4711"))
    message = latest().message
    assert "SignatureValue" in message
    assert "dana@acme.example" in message
    assert "_s-4711" not in message


@pytest.mark.parametrize("path", ["/logins", "/logins/what-if"])
def test_a_member_sees_none_of_it_and_a_stranger_signs_in(cast: Cast, path: str) -> None:
    assert signed_in(cast.bob).get(path).status_code == 403
    assertRedirects(Client().get(path), f"/login?next={path}")


def test_another_account_finds_nothing(cast: Cast, journey: SamlJourney) -> None:
    journey.log_in()
    cast.charlie.account_role = cast.charlie.account.accountrole_set.get(name="Account Admin")
    cast.charlie.save(update_fields=["account_role"])
    charlie = signed_in(cast.charlie)
    assert charlie.get(f"/logins/{latest().reference}").status_code == 404
    assertNotContains(charlie.get("/logins"), "dana@acme.example")
    assert charlie.get(f"/sso/{journey.connection.pk}/test").status_code == 404


def test_a_list_asks_as_often_for_many(journey: SamlJourney, alice: Client, django_assert_max_num_queries: Any) -> None:
    for _ in range(4):
        journey.log_in()
    with django_assert_max_num_queries(7):
        assertContains(alice.get("/logins"), "dana@acme.example", count=4)


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


def test_an_admin_is_led_to_the_inspector_from_a_refusal_and_from_home(cast: Cast, journey: SamlJourney) -> None:
    journey.browser.force_login(cast.alice, "accounts.authentication.AccountBackend")
    page = journey.log_in(sp_entity_id="https://other.example")
    assertContains(page, f'href="/logins/{latest().reference}"', status_code=403)
    journey.log_in(email="alice@acme.example")
    assertContains(journey.browser.get("/"), f'href="/logins/{latest().reference}"')


@pytest.mark.parametrize("person", ["bob", "charlie"])
def test_nobody_else_is_led_there(cast: Cast, journey: SamlJourney, person: str) -> None:
    journey.browser.force_login(getattr(cast, person), "accounts.authentication.AccountBackend")
    page = journey.log_in(sp_entity_id="https://other.example")
    assertNotContains(page, "See why", status_code=403)
