"""The login inspector: each attempt step by step, for admins of the account alone."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.sso.saml import service_provider
from console.logins import views
from tests.console.logins.world import latest, signed_in
from tests.support.cast import Cast
from tests.support.factories import mapped_group
from tests.support.journeys import SamlJourney
from tests.support.saml_messages import setting

pytestmark = pytest.mark.django_db
SECRET_TO_US = "marker-4711"


def test_a_login_is_shown_from_its_request_to_its_groups(cast: Cast, journey: SamlJourney, alice: Client) -> None:
    mapped_group(cast.acme, "Operations", "Ops")
    given = {"email": ["dana@acme.example"], "groups": ["Ops", "Chess"], "space_name": ["Trial,Atlantis"]}
    journey.log_in(attributes=given)
    page = alice.get(f"/logins/{latest().reference}")
    received = ["Request", "Answer", "Signature", "Conditions", "Person", "Groups", "Spaces and roles"]
    assert set(received) <= {step["part"] for step in latest().steps}
    for words in (
        "Operations",
        "Chess",
        "Atlantis",
        "Created dana@acme.example",
        service_provider.acs_url(journey.connection),
    ):
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


def test_it_is_found_by_the_reference_that_a_person_reads_out(journey: SamlJourney, alice: Client) -> None:
    journey.log_in()
    journey.log_in(email="bob@acme.example")  # a password user: refused
    reference = latest().reference
    page = alice.get(f"/logins?q={reference[:5].lower()}+{reference[5:]}")
    assertContains(page, reference)
    assertNotContains(page, "dana@acme.example")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("person=DANA@acme.example", 1),
        ("person=dana", 0),
        ("q=dana", 1),
        ("q=acme.example", 2),
        ("q=ZZZZZZZZZZ", 0),
        ("outcome=refused", 1),
        ("since=2000-01-01&until=2099-12-31", 2),
        ("until=2000-01-01", 0),
        ("since=nonsense", 0),
    ],
)
def test_filters_find(journey: SamlJourney, alice: Client, query: str, found: int) -> None:
    journey.log_in()
    journey.log_in(email="bob@acme.example")  # a password user: refused
    assertContains(alice.get(f"/logins?{query}"), '<th scope="row">', count=found)


def test_a_reference_is_found_however_old_it_is(
    journey: SamlJourney, alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "SEARCHED", 1)
    journey.log_in()
    first = latest().reference
    journey.log_in()
    assertContains(alice.get(f"/logins?q={first}"), first)
    assertContains(alice.get("/logins?person=dana@acme.example"), first)
