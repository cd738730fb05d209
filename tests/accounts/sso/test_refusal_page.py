"""The page of a refused user."""

import pytest

from accounts.models import LoginRecord
from tests.support.cast import Cast
from tests.support.journeys import SamlJourney

pytestmark = pytest.mark.django_db


def test_a_refused_person_sees_a_reference_and_nothing_of_the_reason(cast: Cast, journey: SamlJourney) -> None:
    journey.start()
    page = journey.follow(journey.post(journey.message(issuer="https://evil.example")))
    record = LoginRecord.objects.get(account=cast.acme)
    assert page.status_code == 403
    assert record.reference in page.content.decode()
    assert "evil.example" in record.explanation
    assert "evil.example" not in page.content.decode()
