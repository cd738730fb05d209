"""A sign-in that begins under another name of this server leads to BASE_URL first."""

from typing import Any

import pytest
from django.test import Client

from common.http.canonical_host import MAX_REDIRECTS
from tests.support.cast import Cast
from tests.support.factories import oidc_connection
from tests.support.journeys import signed_connection

pytestmark = pytest.mark.django_db
OTHER_NAMES = [
    "www.example.com",
    "sso.internal",
    "sso.internal:8000",
    "127.0.0.1",
    "[::1]:8000",
    "app.partners.example",
    "sso.example.com.",
]
OWN_NAME = ["sso.example.com", "SSO.example.com", "sso.example.com:443", "sso.example.com:8443"]


@pytest.fixture(autouse=True)
def _installation(settings: Any) -> None:
    names = ["sso.example.com", "www.example.com", "sso.internal", "127.0.0.1", "[::1]", ".partners.example"]
    settings.BASE_URL = "https://sso.example.com"
    settings.ALLOWED_HOSTS = settings.OWN_NAMES = names


def ask(path: str, host: str, method: str = "get", **headers: str) -> Any:
    return getattr(Client(headers={"host": host, **headers}), method)(path)


@pytest.mark.parametrize("host", OTHER_NAMES)
def test_a_start_under_another_name_leads_to_the_public_one(cast: Cast, host: str) -> None:
    path = f"/login/sso/{signed_connection(cast.acme).pk}?next=/users%3Fpage%3D2&login_hint=dana"
    answer = ask(path, host)
    assert (answer.status_code, answer.headers["Location"]) == (307, f"https://sso.example.com{path}")


@pytest.mark.parametrize("host", OWN_NAME)
def test_a_start_under_the_public_name_goes_to_the_identity_provider(cast: Cast, host: str) -> None:
    answer = ask(f"/login/sso/{signed_connection(cast.acme).pk}", host)
    assert (answer.status_code, "okta.example" in answer.headers["Location"]) == (302, True)


@pytest.mark.parametrize("path", ["/login/sso?email=a%40b.example&next=/users", "/sso/{}/test?draft=1"])
def test_the_corporate_page_and_a_test_lead_there_too(cast: Cast, path: str) -> None:
    path = path.format(signed_connection(cast.acme).pk)
    assert ask(path, "www.example.com").headers["Location"] == f"https://sso.example.com{path}"


def test_a_start_by_post_stays_one(cast: Cast) -> None:
    entra = oidc_connection(cast.acme)
    answer = ask(f"/login/sso/{entra.pk}", "www.example.com", "post")
    assert (answer.status_code, answer.headers["Location"]) == (307, f"https://sso.example.com/login/sso/{entra.pk}")


def test_no_sign_in_begins_under_the_other_name(cast: Cast) -> None:
    answer = ask(f"/login/sso/{signed_connection(cast.acme).pk}", "www.example.com")
    assert set(answer.cookies) == {"moves-to-base-url"}


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/login", "/api/me", "/api/scim/v2/Users"])
def test_nothing_else_is_sent_elsewhere(path: str) -> None:
    assert ask(path, "www.example.com").status_code in (200, 401, 403)


def test_a_proxy_that_writes_another_host_makes_no_endless_loop(cast: Cast) -> None:
    """The browser is at BASE_URL each time, and keeps the cookie; the product sees the proxy's own name."""
    browser = Client(headers={"host": "127.0.0.1"})
    path = f"/login/sso/{signed_connection(cast.acme).pk}"
    assert [browser.get(path).status_code for _ in range(MAX_REDIRECTS + 1)] == [307, 307, 307, 302]


def test_a_forged_count_changes_nothing(cast: Cast) -> None:
    browser = Client(headers={"host": "127.0.0.1"})
    browser.cookies["moves-to-base-url"] = "-7; DROP"
    assert browser.get(f"/login/sso/{signed_connection(cast.acme).pk}").status_code == 307


def test_a_forwarded_host_is_not_read(cast: Cast) -> None:
    path = f"/login/sso/{signed_connection(cast.acme).pk}"
    answer = ask(path, "sso.example.com", **{"x-forwarded-host": "www.example.com"})
    assert answer.status_code == 302
