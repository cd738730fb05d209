"""Alice, who has never seen the product, in a browser."""

import pytest
from django.test import Client

from tests.cast import Cast


@pytest.fixture
def as_alice(cast: Cast) -> Client:
    browser = Client()
    browser.force_login(cast.alice, "accounts.authentication.AccountBackend")
    return browser


@pytest.fixture
def as_bob(cast: Cast) -> Client:
    browser = Client()
    browser.force_login(cast.bob, "accounts.authentication.AccountBackend")
    return browser
