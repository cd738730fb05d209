"""Browsers of the inspector's tests."""

import pytest
from django.test import Client

from tests.console.logins.world import signed_in
from tests.support.cast import Cast
from tests.support.journeys import SamlJourney, signed_connection


@pytest.fixture
def alice(cast: Cast) -> Client:
    return signed_in(cast.alice)


@pytest.fixture
def journey(cast: Cast) -> SamlJourney:
    return SamlJourney(signed_connection(cast.acme))
