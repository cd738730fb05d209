"""Alice, who has never seen the product, in a browser."""

import pytest
from django.test import Client

from tests.scim.conftest import _nothing_left_of_other_tests as _nothing_left_of_other_tests
from tests.scim.conftest import okta as okta
from tests.scim.conftest import stranger as stranger
from tests.scim.conftest import token as token
from tests.support.cast import Cast


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
