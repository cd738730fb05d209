"""The same answer twice: back button, reload, double click. It leads on for its browser, and signs nobody in again."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import LoginRecord, SignedInSession, SignInTransaction
from tests.support.cast import PASSWORD, Cast
from tests.support.factories import oidc_connection
from tests.support.journeys import OidcJourney, SamlJourney, signed_connection
from tests.support.oidc_messages import Provider, Web, shape
from tests.support.saml_messages import NO_REQUEST

pytestmark = pytest.mark.django_db


def codes() -> list[str]:
    return [record.reason for record in LoginRecord.objects.order_by("at")]


def log_in(journey: SamlJourney, **fields: Any) -> tuple[str, Any]:
    """A sign-in that asked for /users: the message, and the answer of the ACS."""
    journey.start(next="/users")
    message = journey.message(**fields)
    kept = journey.post(message)
    journey.follow(kept)
    return message, kept


@pytest.mark.parametrize("way", ["posted again", "finish opened again"])
def test_the_same_answer_leads_to_where_the_first_one_went(journey: SamlJourney, way: str) -> None:
    message, kept = log_in(journey)
    again = kept if way.startswith("finish") else journey.post(message)
    answer = journey.follow(again)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/users")
    assert SignedInSession.objects.count() == LoginRecord.objects.count() == 1


def test_a_double_click_signs_in_once(journey: SamlJourney) -> None:
    journey.start(next="/users")
    message = journey.message()
    first, second = journey.post(message), journey.post(message)
    assert first.headers["Location"] == second.headers["Location"]
    assert [journey.follow(kept).headers["Location"] for kept in (second, first)] == ["/users", "/users"]
    assert SignedInSession.objects.count() == LoginRecord.objects.count() == 1


def test_another_answer_to_the_same_sign_in_is_refused(journey: SamlJourney) -> None:
    log_in(journey)
    assert journey.post(journey.message(email="eve@acme.example")).status_code == 403
    assert codes() == ["", "sign-in-used"]


def test_another_browser_that_brings_the_same_answer_is_refused(journey: SamlJourney) -> None:
    message, _ = log_in(journey)
    thief = SamlJourney(journey.connection, relay_state=journey.relay_state)
    answer = thief.follow(thief.post(message))
    assert answer.status_code == 403
    assert "session" not in thief.browser.cookies


def test_another_person_in_another_browser_is_refused_too(cast: Cast, journey: SamlJourney) -> None:
    _, kept = log_in(journey)
    bob = Client()
    bob.post("/login", {"email": cast.bob.email, "password": PASSWORD})
    assert bob.get(kept.headers["Location"]).status_code == 403
    assert bob.get("/api/me").json()["email"] == cast.bob.email


@pytest.mark.parametrize("way", ["posted again", "finish opened again"])
def test_after_a_logout_the_same_answer_signs_nobody_in(journey: SamlJourney, way: str) -> None:
    message, kept = log_in(journey)
    journey.browser.post("/logout")
    answer = journey.follow(kept if way.startswith("finish") else journey.post(message))
    assert answer.status_code == 403
    assert journey.browser.get("/api/me").status_code in (401, 403)
    assert SignedInSession.objects.filter(ended_at=None).count() == 0


def test_after_somebody_else_signed_in_in_this_browser_it_is_refused(cast: Cast, journey: SamlJourney) -> None:
    _, kept = log_in(journey)
    journey.browser.post("/login", {"email": cast.bob.email, "password": PASSWORD})
    assert journey.follow(kept).status_code == 403
    assert journey.browser.get("/api/me").json()["email"] == cast.bob.email


def test_a_session_that_was_ended_elsewhere_goes_nowhere(journey: SamlJourney) -> None:
    _, kept = log_in(journey)
    SignedInSession.objects.all().delete()
    assert journey.follow(kept).status_code == 403


def test_the_older_of_two_tabs_goes_to_its_own_page(cast: Cast, journey: SamlJourney) -> None:
    _, kept = log_in(journey)
    journey.log_in()
    assert journey.follow(kept).headers["Location"] == "/users"


def test_it_still_leads_there_when_the_sign_in_is_cleaned_up(journey: SamlJourney) -> None:
    _, kept = log_in(journey)
    SignInTransaction.objects.all().delete()
    assert journey.follow(kept).headers["Location"] == "/users"


def test_a_refused_answer_shows_the_same_reference_again(journey: SamlJourney) -> None:
    message, kept = log_in(journey, issuer="https://evil.example")
    record = LoginRecord.objects.get()
    pages = [journey.follow(kept), journey.follow(journey.post(message))]
    assert [(page.status_code, record.reference in page.content.decode()) for page in pages] == [(403, True)] * 2
    assert codes() == ["saml-issuer"]


def test_a_tile_opened_twice_with_one_answer_leads_on(cast: Cast) -> None:
    journey = SamlJourney(signed_connection(cast.acme, allow_idp_initiated=True))
    message = journey.message(edit=NO_REQUEST)
    answers = [journey.follow(journey.post(message, relay_state="/profile")) for _ in range(2)]
    assert [answer.headers.get("Location") for answer in answers] == ["/profile", "/profile"]
    assert SignedInSession.objects.count() == LoginRecord.objects.count() == 1


def test_an_openid_answer_posted_twice_leads_on(cast: Cast, web: Web) -> None:
    journey = OidcJourney(Provider(oidc_connection(cast.acme), web, shape("entra/oidc/member.json")))
    asked = journey.start("?next=/users")
    fields = {"id_token": journey.token(asked), "state": asked["state"]}
    answers = [journey.finish(journey.post(**fields)) for _ in range(2)]
    assert [answer.headers.get("Location") for answer in answers] == ["/users", "/users"]


def test_a_test_login_that_is_reloaded_shows_its_record(cast: Cast, journey: SamlJourney) -> None:
    journey.browser.force_login(cast.alice, "accounts.authentication.AccountBackend")
    journey.start_test()
    kept = journey.post(journey.message())
    places = {journey.follow(kept).headers["Location"] for _ in range(2)}
    assert places == {f"/logins/{LoginRecord.objects.get().reference}"}


def test_the_answer_itself_is_not_kept(journey: SamlJourney) -> None:
    message, _ = log_in(journey)
    row = SignInTransaction.objects.values().get()
    assert row["answer"] == ""
    assert message[:40] not in str(row)
    assert len(row["answer_digest"]) == 64
