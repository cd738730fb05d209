"""What every test may ask for."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from accounts.models import Connection
from accounts.sso.claims import IdentityClaims
from accounts.sso.login import CompletedLogin, complete_login
from tests import cast as people
from tests.secrets_in_logs import Watch


@pytest.fixture(autouse=True)
def _cheap_passwords(settings: Any) -> None:
    """Argon2 is meant to be slow; no test looks at how a password is hashed."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _no_thread_writes(settings: Any) -> None:
    """A test that reads the provisioning log writes it itself (`scim.request_log.flush`)."""
    settings.SCIM_LOG_IN_BACKGROUND = False


@pytest.fixture(autouse=True)
def _no_secret_in_a_log() -> Iterator[None]:
    watch = Watch()
    logging.getLogger().addHandler(watch)
    yield
    logging.getLogger().removeHandler(watch)
    assert watch.found == []


@pytest.fixture
def cast(db: None) -> people.Cast:
    return people.make_cast()


LogIn = Callable[[IdentityClaims, Connection], CompletedLogin]


@pytest.fixture
def log_in(django_capture_on_commit_callbacks: Callable[..., object]) -> LogIn:
    """A verified login, with what follows after commit done."""

    def complete(claims: IdentityClaims, connection: Connection) -> CompletedLogin:
        with django_capture_on_commit_callbacks(execute=True):
            return complete_login(claims, connection)

    return complete
