"""Floods end with 429 and the time to wait; other clients are served meanwhile (R55)."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains

from accounts.audit.audit import OPERATOR
from accounts.tokens import tokens
from common import rates
from tests.support.cast import Cast
from tests.support.factories import oidc_connection, saml_connection
from tests.support.secrets_in_logs import secret

pytestmark = pytest.mark.django_db
ELSEWHERE = "192.0.2.7"


@pytest.fixture
def narrow(settings: Any) -> None:
    settings.SIGN_IN_BURST, settings.SIGN_IN_REQUESTS_PER_SECOND = 2, 0.1
    settings.API_BURST, settings.API_REQUESTS_PER_SECOND = 2, 0.1


@pytest.fixture
def addresses(cast: Cast) -> dict[str, tuple[str, str]]:
    """Of R55: method and address."""
    okta, azure = saml_connection(cast.acme), oidc_connection(cast.acme)
    return {
        "login": ("post", "/login"),
        "company": ("get", "/login/sso?email=dana@acme.example"),
        "start": ("get", f"/login/sso/{azure.pk}"),
        "ACS": ("post", f"/api/accounts/acme/saml/{okta.pk}/acs"),
        "callback": ("post", "/api/accounts/idp-callback"),
        "finish": ("get", f"/login/sso/finish/{okta.pk}"),
        "API login": ("post", "/api/accounts/login"),
    }


@pytest.mark.parametrize("name", ["login", "company", "start", "ACS", "callback", "finish", "API login"])
def test_a_flood_is_shown_to_wait_and_others_come_in(
    narrow: None, addresses: dict[str, tuple[str, str]], name: str
) -> None:
    method, path = addresses[name]
    statuses = [getattr(Client(), method)(path).status_code for _ in range(3)]
    assert (429 in statuses[:2], statuses[2]) == (False, 429)
    answer = getattr(Client(), method)(path)
    assert answer.headers["Retry-After"] == "10"
    assert getattr(Client(REMOTE_ADDR=ELSEWHERE), method)(path).status_code == statuses[0]


def test_the_page_says_what_to_do(narrow: None, client: Client) -> None:
    answers = [client.get("/login") for _ in range(3)]
    assertContains(answers[-1], "Try again in 10 seconds", status_code=429)


def test_programs_behind_one_address_have_a_bucket_for_each_token(narrow: None, cast: Cast) -> None:
    for user in (cast.alice, cast.bob):
        text = secret(tokens.issue_token(user, "t", [], acting=OPERATOR)[1])
        asked = [Client().get("/api/me", headers={"Authorization": f"Bearer {text}"}).status_code for _ in range(3)]
        assert asked == [200, 200, 429]


def test_by_default_a_thousand_people_log_in_at_once(settings: Any) -> None:
    assert settings.SIGN_IN_BURST >= 2 * 1_000


def test_a_flood_with_a_dead_token_is_shown_to_wait_and_a_live_one_goes_on(narrow: None, cast: Cast) -> None:
    dead, live = "no-such-token", secret(tokens.issue_token(cast.bob, "t", [], acting=OPERATOR)[1])
    asked = [Client().get("/api/me", headers={"Authorization": f"Bearer {dead}"}) for _ in range(3)]
    assert [answer.status_code for answer in asked] == [401, 401, 429]
    assert (asked[2].headers["Retry-After"], "detail" in asked[2].json()) == ("10", True)
    assert Client().get("/api/me", headers={"Authorization": f"Bearer {live}"}).status_code == 200


@pytest.mark.parametrize(
    ("others", "status"), [("2001:db8:1:2::99", 429), ("2001:db8:1:3::1", 200)], ids=["same customer", "another"]
)
def test_an_ipv6_address_counts_with_all_that_its_customer_has(narrow: None, others: str, status: int) -> None:
    for last in range(2):
        Client(REMOTE_ADDR=f"2001:db8:1:2::{last}").get("/login")
    assert Client(REMOTE_ADDR=others).get("/login").status_code == status


def test_limits_hold_in_each_process_while_redis_is_away(
    narrow: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(rates, "_shared", rates.SharedBuckets())
    assert [Client().get("/login").status_code for _ in range(3)] == [200, 200, 429]
    assert Client(REMOTE_ADDR=ELSEWHERE).get("/login").status_code == 200
