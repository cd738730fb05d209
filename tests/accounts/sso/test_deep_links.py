"""Where a person wanted to go survives every refusal of their sign-in, and is never the logout."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains

from accounts.models import SignInTransaction
from accounts.work import expired_rows
from tests.console.logins.world import World
from tests.support.cast import PASSWORD, Cast
from tests.support.journeys import SamlJourney, signed_connection
from tests.support.oidc_messages import Web

pytestmark = pytest.mark.django_db
DEEP = "/users?state=pending&page=2"
CARRIED = "?next=%2Fusers%3Fstate%3Dpending%26page%3D2"


@pytest.fixture
def journey(cast: Cast) -> SamlJourney:
    found = SamlJourney(signed_connection(cast.acme))
    found.start(next=DEEP)
    return found


def expire() -> None:
    SignInTransaction.objects.update(expires_at=timezone.now() - timedelta(minutes=5))


def late(journey: SamlJourney) -> Any:
    expire()
    return journey.post(journey.message())


def late_and_cleaned(journey: SamlJourney) -> Any:
    expire()
    expired_rows.clean()
    return journey.post(journey.message())


def switched_off(journey: SamlJourney) -> Any:
    journey.connection.state = "disabled"
    journey.connection.save()
    return journey.post(journey.message())


def other_answer(journey: SamlJourney) -> Any:
    journey.post(journey.message())
    return journey.post(journey.message(email="eve@acme.example"))


REFUSALS = {
    "refused": lambda journey: journey.follow(journey.post(journey.message(issuer="https://evil.example"))),
    "unreadable": lambda journey: journey.follow(journey.post("no message")),
    "too large": lambda journey: journey.post("A" * 300_000),
    "no cookies": lambda journey: Client().get(journey.post(journey.message()).headers["Location"]),
    "late": late,
    "late and cleaned": late_and_cleaned,
    "switched off": switched_off,
    "other answer": other_answer,
}


@pytest.mark.parametrize("how", REFUSALS)
def test_trying_again_leads_to_the_page_that_was_asked_for(journey: SamlJourney, how: str) -> None:
    page = REFUSALS[how](journey)
    assertContains(page, f'href="/login/sso/{journey.connection.pk}{CARRIED}"', status_code=403)
    assertContains(page, f'href="/login{CARRIED}"', status_code=403)


def test_a_sign_in_that_says_no_keeps_it_too(cast: Cast, web: Web, settings: Any, monkeypatch: Any) -> None:
    entra = World(cast, web, monkeypatch, settings).entra()
    asked = entra.start(CARRIED)
    page = entra.finish(entra.post(error="access_denied", state=asked["state"]))
    assertContains(page, f'href="/login/sso/{entra.provider.connection.pk}{CARRIED}"', status_code=403)


def test_a_start_that_is_refused_keeps_it(journey: SamlJourney) -> None:
    page = journey.start(next=DEEP, iss="https://evil.example")
    assertContains(page, f'href="/login/sso/{journey.connection.pk}{CARRIED}"', status_code=403)


def test_a_start_at_a_connection_that_is_switched_off_keeps_it(cast: Cast) -> None:
    page = SamlJourney(signed_connection(cast.acme, state="disabled")).start(next=DEEP)
    assertContains(page, f'href="/login{CARRIED}"', status_code=404)


def test_a_tile_that_is_refused_keeps_where_it_led(cast: Cast) -> None:
    journey = SamlJourney(signed_connection(cast.acme, allow_idp_initiated=True))
    page = journey.post("no message", relay_state=DEEP)
    assertContains(page, f'href="/login/sso/{journey.connection.pk}{CARRIED}"', status_code=403)


@pytest.mark.parametrize("path", ["/logout", "/%6cogout", "/login?next=/logout", "//evil.example"])
def test_nobody_is_sent_to_the_logout_or_in_a_circle(cast: Cast, path: str) -> None:
    journey = SamlJourney(signed_connection(cast.acme))
    journey.start(next=path)
    assert journey.follow(journey.post(journey.message())).headers["Location"] == "/"
    form = {"email": cast.bob.email, "password": PASSWORD, "next": path}
    assert Client().post("/login", form).headers["Location"] == "/"


def test_an_abandoned_sign_in_is_kept_for_a_day_without_its_secrets(journey: SamlJourney) -> None:
    journey.post(journey.message())
    expire()
    assert expired_rows.clean()["sign_ins_removed"] == 0
    row = SignInTransaction.objects.values().get()
    assert (row["answer"], row["code_verifier"], row["nonce"], row["next_path"]) == ("", "", "", DEEP)
    SignInTransaction.objects.update(expires_at=timezone.now() - timedelta(days=1, minutes=1))
    assert expired_rows.clean()["sign_ins_removed"] == 1


def test_a_completed_sign_in_goes_when_it_is_over(cast: Cast, journey: SamlJourney) -> None:
    journey.follow(journey.post(journey.message()))
    expire()
    assert expired_rows.clean()["sign_ins_removed"] == 1
