"""Deprovisioning awaiting approval: an admin deprovisions or keeps users, one or all."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts import alerts
from accounts.audit.audit import OPERATOR
from accounts.models import AuditEntry, HeldDeparture, User
from accounts.models.work import AlertKind
from accounts.users import users
from console.provisioning import held
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(cast: Cast) -> list[User]:
    """Three people of Acme wait, and one of Globex; both have an alert."""
    people = [users.provision_pending(cast.acme, f"held{n}@acme.example", acting=OPERATOR) for n in range(3)]
    for user in (*people, cast.charlie):
        HeldDeparture.objects.create(account=user.account, user=user, asked_by="provisioning (Okta)")
    for account in (cast.acme, cast.globex):
        alerts.raise_alert(account.pk, AlertKind.MASS_DEPARTURE, "", "More people left than usual.")
    return people


def states(people: list[User]) -> list[str]:
    return [User.objects.get(pk=user.pk).state for user in people]


def test_it_shows_who_waits_and_why(as_alice: Client, waiting: list[User]) -> None:
    page = as_alice.get("/provisioning/held")
    assertContains(page, "held0@acme.example")
    assertContains(page, "More people left than usual.")
    assertNotContains(page, "charlie")
    assertNotContains(as_alice.get("/provisioning/held?q=held1"), "held0@")


def test_nobody_waiting_teaches_the_switch(as_alice: Client) -> None:
    assertContains(as_alice.get("/provisioning/held"), "Nothing awaits approval")


@pytest.mark.usefixtures("waiting")
def test_all_are_deprovisioned_after_a_question(as_alice: Client, cast: Cast, waiting: list[User]) -> None:
    assertContains(as_alice.post("/provisioning/held/let-go"), "Deprovision 3 people?")
    assert states(waiting) == ["pending"] * 3
    assertRedirects(as_alice.post("/provisioning/held/let-go", {"confirmed": "yes"}), "/provisioning/held")
    assert states(waiting) == ["deprovisioned"] * 3
    assert alerts.open_alerts(cast.acme) == []
    assert HeldDeparture.objects.get().user == cast.charlie
    assert AuditEntry.objects.filter(action="user.deprovisioned", actor="alice@acme.example").count() == 3


def test_all_are_kept(as_alice: Client, waiting: list[User]) -> None:
    as_alice.post("/provisioning/held/keep", {"confirmed": "yes"})
    assert states(waiting) == ["pending"] * 3
    assertContains(as_alice.get("/provisioning/held"), "3 people are kept.")


def test_who_is_held_after_the_question_waits_for_another(as_alice: Client, cast: Cast, waiting: list[User]) -> None:
    question = as_alice.post("/provisioning/held/let-go").content.decode()
    until = question.partition('name="until" value="')[2].partition('"')[0]
    HeldDeparture.objects.create(account=cast.acme, user=cast.petra, asked_by="provisioning (Okta)")
    as_alice.post("/provisioning/held/let-go", {"confirmed": "yes", "until": until})
    assert states([*waiting, cast.petra]) == ["deprovisioned"] * 3 + ["pending"]
    assert len(alerts.open_alerts(cast.acme)) == 1


def test_one_is_deprovisioned_and_one_is_kept(as_alice: Client, waiting: list[User]) -> None:
    assertContains(as_alice.post(f"/provisioning/held/{waiting[0].pk}/let-go"), "Deprovision held0@acme.example?")
    as_alice.post(f"/provisioning/held/{waiting[0].pk}/let-go", {"confirmed": "yes"})
    as_alice.post(f"/provisioning/held/{waiting[1].pk}/keep", {"confirmed": "yes"})
    assert states(waiting) == ["deprovisioned", "pending", "pending"]
    assertContains(as_alice.get("/provisioning/held"), "held2@acme.example")


def test_who_is_held_elsewhere_or_not_at_all_is_not_there(as_alice: Client, cast: Cast, waiting: list[User]) -> None:
    for user in (cast.charlie, cast.bob):
        assert as_alice.post(f"/provisioning/held/{user.pk}/let-go", {"confirmed": "yes"}).status_code == 404


def test_the_last_admin_stays(as_alice: Client, cast: Cast) -> None:
    HeldDeparture.objects.create(account=cast.acme, user=cast.alice, asked_by="provisioning (Okta)")
    page = as_alice.post(f"/provisioning/held/{cast.alice.pk}/let-go", {"confirmed": "yes"}, follow=True)
    assertContains(page, "was not deprovisioned")
    assert states([cast.alice]) == ["active"]


def test_what_takes_long_shows_how_far_it_is_and_goes_on(
    as_alice: Client, waiting: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held, "SECONDS", 0.0)
    page = as_alice.post("/provisioning/held/let-go", {"confirmed": "yes"})
    assertContains(page, "1 of 3 done")
    monkeypatch.undo()
    as_alice.post("/provisioning/held/let-go", {"confirmed": "yes", "done": "1", "until": "nonsense"})
    assertContains(as_alice.get("/provisioning/held"), "3 people are deprovisioned.")


def test_it_asks_the_database_as_often_for_many(
    as_alice: Client, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        user = users.provision_pending(cast.acme, f"p{number}@acme.example", acting=OPERATOR)
        HeldDeparture.objects.create(account=cast.acme, user=user, asked_by="provisioning (Okta)")
    with django_assert_max_num_queries(8):
        assertContains(as_alice.get("/provisioning/held"), "1 to 30 of 30 users")
