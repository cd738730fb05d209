"""Querysets of API tokens."""

import pytest

from accounts.audit.audit import OPERATOR
from accounts.models import ApiToken
from accounts.tokens import revocation, tokens
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_revoked_token_is_not_found_any_more(cast: Cast) -> None:
    token, _ = tokens.issue_service_token(cast.acme, "Okta", [], acting=OPERATOR)
    assert list(ApiToken.objects.not_revoked()) == [token]
    revocation.revoke_token(token, acting=OPERATOR)
    assert list(ApiToken.objects.not_revoked()) == []
