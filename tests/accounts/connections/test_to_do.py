"""What waits at a connection for an admin."""

import pytest

from accounts.connections.to_do import ToDo, to_do, waiting
from accounts.models import Connection, ConnectionDraft
from tests.support.cast import Cast
from tests.support.factories import saml_connection


@pytest.mark.parametrize(
    ("state", "has_draft", "domains", "verified", "expected"),
    [
        ("live", False, 1, 1, ()),
        ("live", True, 1, 1, (ToDo.DRAFT,)),
        ("live", False, 0, 0, (ToDo.NO_DOMAIN,)),
        ("live", True, 2, 1, (ToDo.DRAFT, ToDo.UNVERIFIED)),
        ("draft", False, 0, 0, ()),
        ("disabled", False, 2, 1, ()),
    ],
)
def test_only_a_live_connection_needs_domains(
    state: str, has_draft: bool, domains: int, verified: int, expected: tuple[ToDo, ...]
) -> None:
    assert to_do(state, has_draft=has_draft, domains=domains, verified=verified) == expected


@pytest.mark.django_db
def test_connections_with_something_to_do_are_listed_by_name_in_one_query(
    cast: Cast, django_assert_num_queries: object
) -> None:
    drafted = saml_connection(cast.acme, name="B")
    ConnectionDraft.objects.create(account=cast.acme, connection=drafted)
    saml_connection(cast.acme, name="Nothing to do")
    without = Connection.objects.get(pk=saml_connection(cast.acme, name="A").pk)
    without.domains.clear()
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert [(str(one), found) for one, found in waiting(cast.acme)] == [
            ("A", (ToDo.NO_DOMAIN,)),
            ("B", (ToDo.DRAFT,)),
        ]
