"""What every test may ask for."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Connection
from accounts.sso.claims import IdentityClaims
from accounts.sso.login import CompletedLogin, complete_login
from tests import cast as people


@pytest.fixture(autouse=True)
def _cheap_passwords(settings: Any) -> None:
    """Argon2 is meant to be slow; no test looks at how a password is hashed."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


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
