"""The page "SCIM test", and the line that waits for the first request."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from accounts.audit.audit import OPERATOR, Actor
from accounts.deprovisioning import end_access, guard, holds
from accounts.models import User
from accounts.provisioning import provisioning
from accounts.provisioning.provisioning import UserRecord
from scim import request_log
from tests.scim.client import ScimClient
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
OKTA = Actor("provisioning (Okta)", automatic=True)


def test_the_page_runs_nothing_by_itself(as_alice: Client) -> None:
    page = as_alice.get("/provisioning/self-test")
    assertContains(page, "Run the SCIM test")
    assertNotContains(page, "✓")


def test_the_button_shows_each_request_and_answer(as_alice: Client, cast: Cast) -> None:
    people = User.objects.count()
    page = as_alice.post("/provisioning/self-test")
    for result in ("Every answer is what", "Okta", "Microsoft Entra ID", "DELETE /api/scim/Users/", "Reactivate"):
        assertContains(page, result)
    assertNotContains(page, "✗")
    assert User.objects.count() == people


def test_while_deprovisioning_is_held_it_says_why_its_user_stays_active(
    as_alice: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "AT_LEAST", 1)
    holds.set_hold(cast.acme, True, OPERATOR)
    for number in range(3):
        person = provisioning.provision(cast.acme, UserRecord(f"p{number}"), acting=OKTA)
        end_access.deprovision(person.pk, cast.acme, acting=OKTA)
    page = as_alice.post("/provisioning/self-test")
    assertContains(page, "Expected active False; received True.")
    assertContains(page, "Deprovisioning awaits approval in this account")


def test_members_may_not(as_bob: Client) -> None:
    for answer in (as_bob.post("/provisioning/self-test"), as_bob.get("/provisioning/last-call")):
        assert answer.status_code == 403


def test_the_line_asks_again_until_somebody_called(as_alice: Client, okta: ScimClient) -> None:
    assertContains(as_alice.get("/provisioning"), "/provisioning/last-call?look=1")
    assertContains(as_alice.get("/provisioning/last-call?look=1"), "/provisioning/last-call?look=2")
    okta.get("/Users?startIndex=1&count=2")
    request_log.flush()
    line = as_alice.get("/provisioning/last-call?look=2")
    assertContains(line, "✓")
    assertNotContains(line, "hx-get")


@pytest.mark.parametrize("look", ["150", "x", "-1", "", "9999999999999999999999", "²"])
def test_it_does_not_ask_for_ever(as_alice: Client, look: str) -> None:
    assertNotContains(as_alice.get("/provisioning/last-call", {"look": look}), "hx-get")
