"""How often the database is asked, with the account full of people: constant, whatever is asked."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import ApiToken
from accounts.users.locking import member_role_id
from scim import request_log
from tests.scim.client import USER, Answer, ScimClient
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def count(okta: ScimClient, cast: Cast) -> Callable[[Callable[[], Answer]], int]:
    """How many queries a request makes, without transactions and savepoints, when token and member role are known."""
    ApiToken.objects.update(last_used_at=timezone.now())
    member_role_id(cast.acme.pk)

    def counted(ask: Callable[[], Answer]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as made:
            assert ask().status < 400
        return len([query for query in made if "SAVEPOINT" not in query["sql"]])

    return counted


Count = Callable[[Callable[[], Answer]], int]


@pytest.fixture
def _fifty(okta: ScimClient, cast: Cast) -> None:
    for number in range(50):
        okta.create(f"person{number}@acme.example", externalId=f"00u{number}", title="Engineer")


def test_by_id(count: Count, okta: ScimClient, cast: Cast) -> None:
    assert count(lambda: okta.get(f"/Users/{cast.bob.pk}")) == 2


@pytest.mark.parametrize(
    "filter_text",
    [
        'userName eq "BOB@acme.example"',
        'userName eq "nobody@acme.example"',
        'externalId eq "00u1"',
        'id eq "nobody"',
        'emails.value eq "bob@acme.example"',
        'emails[type eq "work"].value eq "bob@acme.example"',
        'userName eq "bob@acme.example" and active eq true',
    ],
)
def test_by_filter(count: Count, okta: ScimClient, cast: Cast, filter_text: str) -> None:
    assert count(lambda: okta.find(filter_text)) <= 2


@pytest.mark.usefixtures("_fifty")
@pytest.mark.parametrize("size", [1, 10, 50])
@pytest.mark.parametrize("query", ["", "&startIndex=20", "&filter=title pr", "&sortBy=userName", "&cursor="])
def test_a_page(count: Count, okta: ScimClient, size: int, query: str) -> None:
    assert count(lambda: okta.get(f"/Users?count={size}{query}")) <= 4


def test_create(count: Count, okta: ScimClient) -> None:
    assert count(lambda: okta.create("ann@acme.example", externalId="00u1")) <= 5


@pytest.mark.parametrize(
    "body",
    [
        {"Operations": [{"op": "replace", "value": {"active": False}}]},
        {
            "Operations": [
                {"op": "replace", "path": f"name.{part}", "value": "x"} for part in ("givenName", "familyName")
            ]
        },
    ],
)
def test_patch(count: Count, okta: ScimClient, cast: Cast, body: dict[str, Any]) -> None:
    assert count(lambda: okta.ask("PATCH", f"/Users/{cast.petra.pk}", body)) <= 5


def test_put(count: Count, okta: ScimClient, cast: Cast) -> None:
    body = {"schemas": [USER], "userName": "petra@acme.example", "title": "Dr", "active": False}
    assert count(lambda: okta.ask("PUT", f"/Users/{cast.petra.pk}", body)) <= 5


def test_a_change_that_changes_nothing_writes_nothing(count: Count, okta: ScimClient, cast: Cast) -> None:
    same = okta.get(f"/Users/{cast.petra.pk}").body
    assert count(lambda: okta.ask("PUT", f"/Users/{cast.petra.pk}", same)) <= 3


def test_delete(count: Count, okta: ScimClient, cast: Cast) -> None:
    assert count(lambda: okta.ask("DELETE", f"/Users/{cast.petra.pk}")) <= 6


@pytest.mark.parametrize("path", ["/Groups", "/Schemas", "/ServiceProviderConfig", "/ResourceTypes"])
def test_what_needs_no_people(count: Count, okta: ScimClient, path: str) -> None:
    assert count(lambda: okta.get(path)) == 1


def test_the_log_of_fifty_requests_costs_two(okta: ScimClient, django_assert_num_queries: Any) -> None:
    for _ in range(50):
        okta.get("/Groups")
    with django_assert_num_queries(2):
        request_log.flush()
