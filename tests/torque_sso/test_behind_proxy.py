"""Behind a TLS proxy: scheme, origin, HSTS and host, and nothing of it from somebody who is not the proxy."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from torque_sso.behind_proxy import BehindProxy

PROXY, CLIENT = "10.0.0.1", "203.0.113.7"
ORIGIN = "https://sso.example.com"
FORWARDED = {
    "X-Forwarded-For": CLIENT,
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Port": "444",
    "Forwarded": f"for={CLIENT};proto=https",
    "X-Real-IP": CLIENT,
}


@pytest.fixture(autouse=True)
def _over_tls(settings: Any) -> None:
    """As the settings are with this BASE_URL."""
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    settings.ALLOWED_HOSTS, settings.CSRF_TRUSTED_ORIGINS = ["sso.example.com"], [ORIGIN]
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31_536_000, True


def seen_behind(peer: str, headers: dict[str, str] = FORWARDED) -> HttpRequest:
    """The request as a view sees it."""
    seen: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse()

    BehindProxy(view)(RequestFactory(REMOTE_ADDR=peer).get("/", headers={"Host": "sso.example.com", **headers}))
    return seen[0]


@pytest.mark.parametrize(("peer", "address", "scheme"), [(PROXY, CLIENT, "https"), ("192.0.2.9", "192.0.2.9", "http")])
def test_client_and_scheme_come_from_a_trusted_proxy_only(peer: str, address: str, scheme: str) -> None:
    request = seen_behind(peer)
    assert (request.META["REMOTE_ADDR"], request.scheme, request.is_secure()) == (address, scheme, scheme == "https")


@pytest.mark.parametrize("peer", [PROXY, "192.0.2.9", ""])
def test_no_forwarded_header_is_left_for_anybody_to_believe(peer: str) -> None:
    request = seen_behind(peer)
    assert [name for name in request.headers if "Forward" in name or "Real" in name] == []
    assert (request.get_host(), request.get_port()) == ("sso.example.com", "80")


def test_a_proxy_may_say_that_a_request_was_plain(settings: Any) -> None:
    assert seen_behind(PROXY, {"X-Forwarded-Proto": "http"}).scheme == "http"
    assert seen_behind(PROXY, {"X-Forwarded-Proto": "gopher"}).scheme == "http"


@pytest.mark.parametrize(
    ("headers", "peer", "sentence"),
    [
        (FORWARDED, "192.0.2.9", "not in TRUSTED_PROXIES"),
        ({}, "", "add 'unix' to TRUSTED_PROXIES"),
        (FORWARDED, PROXY, ""),
        ({}, "192.0.2.9", ""),
    ],
)
def test_a_proxy_that_nobody_named_is_logged_once(
    caplog: Any, headers: dict[str, str], peer: str, sentence: str
) -> None:
    middleware = BehindProxy(lambda _request: HttpResponse())
    for _ in range(2):
        middleware(RequestFactory(REMOTE_ADDR=peer).get("/", headers=headers))
    events = [record.msg["event"] for record in caplog.records]  # type: ignore[index]  # structlog's own
    assert len(events) == bool(sentence)
    assert sentence in "".join(events)


def post_login(peer: str, origin: str) -> int:
    """A form that a browser sends: its answer is a page again, because the password is wrong."""
    browser = Client(enforce_csrf_checks=True, REMOTE_ADDR=peer, headers={**FORWARDED, "Host": "sso.example.com"})
    browser.get("/login")
    form = {"email": "a@b.example", "password": "wrong", "csrfmiddlewaretoken": browser.cookies["csrf"].value}
    return int(browser.post("/login", form, headers={"Origin": origin}).status_code)


@pytest.mark.django_db
@pytest.mark.parametrize("peer", [PROXY, "192.0.2.9"])
def test_forms_of_the_public_origin_are_taken_also_where_the_proxy_is_not_named(peer: str) -> None:
    assert post_login(peer, ORIGIN) == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://sso.example.com", "https://sso.example.com:444", "null"]
)
def test_forms_of_another_origin_are_refused(origin: str) -> None:
    assert post_login(PROXY, origin) == 403


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/login", "/api/scim/Users", "/api/me", "/healthz", "/nothing/here", "/static/none.css"]
)
@pytest.mark.parametrize("peer", [PROXY, "192.0.2.9"])
def test_every_answer_asks_browsers_for_a_year_of_https(path: str, peer: str) -> None:
    answer = Client(REMOTE_ADDR=peer, headers={**FORWARDED, "Host": "sso.example.com"}).get(path)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.django_db
def test_a_plain_origin_asks_for_nothing(settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS = 0
    answer = Client(headers={"Host": "sso.example.com"}).get("/login")
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "status"), [("/healthz", 200), ("/readyz", 200), ("/login", 400), ("/api/scim", 400)])
def test_probes_ask_by_address_and_nobody_else_does(path: str, status: int) -> None:
    assert Client(headers={"Host": "127.0.0.1:8000"}).get(path).status_code == status
