"""The list of steps of one connection: its marks follow what is in the tables, and each step leads back to it."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import Connection, EmailDomain, LoginRecord
from tests.support.cast import Cast
from tests.support.enforcing import passed_test
from tests.support.holders import browser_of
from tests.support.journeys import SamlJourney, signed_connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(okta: Connection) -> Connection:
    """Complete, with the verified domain of Acme, and not tried yet."""
    Connection.objects.filter(pk=okta.pk).update(state="draft")
    return Connection.objects.get(pk=okta.pk)


def marks(browser: Client, connection: Connection) -> dict[str, str]:
    steps = browser.get(f"/sso/{connection.pk}/set-up").context["steps"]
    return {step.key: str(step.mark) for step in steps}


def test_a_complete_draft_waits_for_its_test(as_alice: Client, draft: Connection) -> None:
    found = marks(as_alice, draft)
    assert (found["theirs"], found["domains"], found["test"], found["enable"]) == ("done", "done", "next", "open")
    assertNotContains(as_alice.get(f"/sso/{draft.pk}/set-up"), ">Enable<")


def test_a_test_of_exactly_these_settings_opens_the_last_step(as_alice: Client, draft: Connection, cast: Cast) -> None:
    record = passed_test(draft, cast.alice, attributes={"email": ["dana@acme.example"]})
    found = marks(as_alice, draft)
    assert (found["ours"], found["attributes"], found["test"], found["enable"]) == ("done", "done", "done", "next")
    page = as_alice.get(f"/sso/{draft.pk}/set-up")
    assertContains(page, f"/logins/{record.reference}")
    assertContains(page, ">Enable<")


@pytest.mark.parametrize(
    ("fields", "ours"),
    [
        ({"email": "bob@acme.example"}, "done"),  # a password user's: refused as e-mail of somebody else
        ({"email": "none"}, "done"),
        ({"issuer": "https://other.example"}, "open"),
        ({"sp_entity_id": "https://other.example"}, "open"),
    ],
)
def test_a_test_refused_after_its_message_verified_marks_our_values(
    cast: Cast, fields: dict[str, str], ours: str
) -> None:
    journey = SamlJourney(signed_connection(cast.acme, state="draft"))
    journey.browser.force_login(cast.alice, "accounts.authentication.AccountBackend")
    journey.start_test()
    journey.follow(journey.post(journey.message(**fields)))
    assert LoginRecord.objects.get().outcome == "refused"
    found = marks(journey.browser, journey.connection)
    assert (found["ours"], found["test"]) == (ours, "next")


def test_a_change_after_the_test_takes_its_mark_away(as_alice: Client, draft: Connection, cast: Cast) -> None:
    passed_test(draft, cast.alice, attributes={"email": ["dana@acme.example"]})
    Connection.objects.filter(pk=draft.pk).update(sso_url="https://elsewhere.example/sso")
    assert marks(as_alice, draft)["test"] == "next"


def test_a_domain_without_proof_comes_before_the_test(as_alice: Client, draft: Connection) -> None:
    EmailDomain.objects.filter(connections=draft).update(proved_at=None)
    found = marks(as_alice, draft)
    assert (found["domains"], found["test"]) == ("next", "open")


def test_a_step_of_a_draft_leads_back_and_one_of_a_live_connection_stays(as_alice: Client, draft: Connection) -> None:
    address = f"/sso/{draft.pk}/attributes"
    assertContains(as_alice.get(address), "Continue the set-up")
    assertRedirects(as_alice.post(address, {"email": "mail"}), f"/sso/{draft.pk}/set-up")
    Connection.objects.filter(pk=draft.pk).update(state="live")
    assertNotContains(as_alice.get(address), "Continue the set-up")
    assertRedirects(as_alice.post(address, {"email": "mail2"}), address)


def test_it_costs_few_queries(as_alice: Client, draft: Connection, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(14):
        marks(as_alice, draft)


def test_nobody_else_sees_it(as_alice: Client, draft: Connection, theirs: Connection, cast: Cast) -> None:
    assert as_alice.get(f"/sso/{theirs.pk}/set-up").status_code == 404
    bob = browser_of(cast.bob)
    assert bob.get(f"/sso/{draft.pk}/set-up").status_code == 403
