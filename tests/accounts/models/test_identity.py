"""Querysets of connections by state."""

import pytest

from accounts.models import Connection
from accounts.models.identity import ConnectionState
from tests.support.cast import Cast
from tests.support.factories import saml_connection

pytestmark = pytest.mark.django_db


def test_connections_are_found_by_state(cast: Cast) -> None:
    for state in ConnectionState.values:
        saml_connection(cast.acme, name=state, state=state)
    own = Connection.objects.in_account(cast.acme)

    def names(rows: object) -> list[str]:
        return sorted(str(one) for one in rows)  # type: ignore[attr-defined]

    assert names(own.live()) == ["live"]
    assert names(own.not_draft()) == ["disabled", "live"]
    assert names(own.not_disabled()) == ["draft", "live"]
