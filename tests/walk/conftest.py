"""Acme and Globex, with one object of every kind each."""

import pytest

from tests.support.secrets_in_logs import secret
from tests.walk.asking import World
from tests.walk.objects import PASSWORD


@pytest.fixture
def world(db: None) -> World:
    secret(PASSWORD)
    return World()
