"""The request log as a page: each line in words, found by what came of it, with what was sent on demand."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import Account
from scim.models import ProvisioningRequest
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def line(account: Account, sentence: str, **values: Any) -> ProvisioningRequest:
    usual = {
        "at": timezone.now(),
        "token_name": "Okta",
        "client": "Okta",
        "method": "POST",
        "path": "/api/scim/Users",
        "status": 201,
        "duration_ms": 12,
    }
    return ProvisioningRequest.objects.create(account=account, sentence=sentence, **{**usual, **values})


@pytest.fixture
def lines(cast: Cast) -> None:
    line(cast.acme, "Okta created ann@acme.example")
    line(
        cast.acme,
        "Entra could not create bo@acme.example: taken",
        client="Entra",
        token_name="Azure",
        status=409,
        at=timezone.now() - timedelta(days=3),
    )
    line(cast.globex, "Okta created gus@globex.example")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"ann", "bo"}),
        ("q=ANN@acme", {"ann"}),
        ("q=globex", set()),
        ("outcome=ok", {"ann"}),
        ("outcome=refused", {"bo"}),
        ("outcome=nonsense", set()),
        ("client=Entra", {"bo"}),
        ("token=azure", {"bo"}),
        ("before=nonsense&q=%00", {"ann", "bo"}),
    ],
)
@pytest.mark.usefixtures("lines")
def test_filters_find(as_alice: Client, query: str, found: set[str]) -> None:
    text = as_alice.get(f"/provisioning/requests?{query}").content.decode()
    assert {name for name in ("ann", "bo", "gus") if f"{name}@" in text.replace("ANN@", "")} == found


@pytest.mark.usefixtures("lines")
def test_days_bound_it(as_alice: Client) -> None:
    yesterday = (timezone.now() - timedelta(days=1)).date().isoformat()
    assertNotContains(as_alice.get(f"/provisioning/requests?since={yesterday}"), "bo@acme.example")
    assertNotContains(as_alice.get(f"/provisioning/requests?until={yesterday}"), "ann@acme.example")


def test_a_line_shows_what_was_sent_and_hides_what_is_secret(as_alice: Client, cast: Cast) -> None:
    row = line(cast.acme, "Okta created ann", body={"userName": "ann", "password": "***"})
    page = as_alice.get(f"/provisioning/requests/{row.pk}")
    assertContains(page, "POST /api/scim/Users")
    assertContains(page, "&quot;password&quot;: &quot;***&quot;")


def test_a_line_of_another_account_is_not_there(as_alice: Client, cast: Cast) -> None:
    row = line(cast.globex, "Okta created gus")
    assert as_alice.get(f"/provisioning/requests/{row.pk}").status_code == 404


def test_it_asks_the_database_as_often_for_many(
    as_alice: Client, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    for number in range(60):
        line(cast.acme, f"Okta created p{number}", body={"userName": "x"})
    with django_assert_max_num_queries(8):
        assertContains(as_alice.get("/provisioning/requests?outcome=ok"), "50 requests, newest first")


def test_an_empty_log_says_what_to_do(as_alice: Client) -> None:
    assertContains(as_alice.get("/provisioning/requests"), "No requests yet")
