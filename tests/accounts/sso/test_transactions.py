"""One sign-in under way: answered once, in ten minutes, and finished by the browser that started it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import LoginRecord, SignInTransaction
from tests.support.cast import Cast
from tests.support.journeys import SamlJourney, signed_connection

pytestmark = pytest.mark.django_db


def reason(cast: Cast) -> str:
    return LoginRecord.objects.filter(account=cast.acme).latest("at").reason


def test_another_browser_cannot_finish_and_does_not_use_the_sign_in_up(cast: Cast, journey: SamlJourney) -> None:
    journey.start()
    answer = journey.post(journey.message())
    other = SamlJourney(journey.connection)
    other.start()
    assert other.follow(answer).status_code == 403
    assert reason(cast) == "other-browser"
    assert journey.follow(answer).status_code == 303


def test_an_answer_after_ten_minutes_is_refused(cast: Cast, journey: SamlJourney) -> None:
    journey.start()
    SignInTransaction.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert journey.post(journey.message()).status_code == 403
    assert reason(cast) == "sign-in-expired"


def test_an_identity_provider_that_loses_the_relay_state_is_understood(journey: SamlJourney) -> None:
    journey.start()
    assert journey.follow(journey.post(journey.message(), relay_state="")).status_code == 303


def test_two_tabs_of_one_browser_do_not_clash(cast: Cast) -> None:
    first = SamlJourney(signed_connection(cast.acme))
    second = SamlJourney(first.connection, first.browser)
    first.start()
    second.start()
    assert first.follow(first.post(first.message())).status_code == 303
    assert second.follow(second.post(second.message())).status_code == 303
