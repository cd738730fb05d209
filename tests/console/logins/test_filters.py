"""Login records found by reference, e-mail, outcome and time."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from console.logins import views
from tests.console.logins.world import latest
from tests.support.journeys import SamlJourney

pytestmark = pytest.mark.django_db


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
