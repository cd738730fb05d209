"""An identity provider with a token of Acme, and one of Globex."""

import pytest

from accounts.audit.audit import OPERATOR
from accounts.models import Account
from accounts.tokens import tokens
from scim import request_log
from tests.scim.client import ScimClient
from tests.support.cast import Cast
from tests.support.secrets_in_logs import secret


@pytest.fixture(autouse=True)
def _nothing_left_of_other_tests() -> None:
    request_log._queue.waiting.clear()


def service_token(account: Account, *permissions: str) -> str:
    """The text of a token that belongs to the account."""
    return secret(tokens.issue_service_token(account, "Okta", permissions or ["Manage Users"], acting=OPERATOR)[1])


@pytest.fixture
def token(cast: Cast) -> str:
    return service_token(cast.acme)


@pytest.fixture
def okta(token: str) -> ScimClient:
    """Acme's identity provider."""
    return ScimClient(token)


@pytest.fixture
def stranger(cast: Cast) -> ScimClient:
    """Globex's identity provider."""
    return ScimClient(service_token(cast.globex))
