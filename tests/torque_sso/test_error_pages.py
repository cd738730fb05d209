"""Unknown addresses and a database that cannot serve: a page for browsers, JSON for programs."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client

from console.sign_in import sign_in
from spaces.api.views import Me
from tests.support.cast import Cast

FULL = OperationalError("database or disk is full")


def failing(problem: Exception) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> None:
        raise problem

    return fail


@pytest.fixture
def browser() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/", "/api/users", "/api/scimmy", "/api/accounts/"])
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_an_unknown_address_of_the_api_answers_in_json(path: str, method: str) -> None:
    answer = getattr(Client(), method)(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/json")
    assert answer.json()["detail"].startswith("There is no endpoint at this address.")


def test_an_unknown_address_answers_with_a_page(cast: Cast) -> None:
    browser = Client()
    browser.force_login(cast.bob, "accounts.authentication.AccountBackend")
    answer = browser.get("/nowhere")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")


@pytest.mark.django_db
@pytest.mark.parametrize("problem", [FULL, InterfaceError("the connection is closed")])
def test_a_page_asks_to_try_again(browser: Client, monkeypatch: pytest.MonkeyPatch, problem: Exception) -> None:
    monkeypatch.setattr(sign_in, "single_tenant_connections", failing(problem))
    answer = browser.get("/login")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Service unavailable" in answer.content.decode()
    assert "disk" not in answer.content.decode()


def test_the_api_says_so_in_json(cast: Cast, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    browser.force_login(cast.bob, "accounts.authentication.AccountBackend")
    monkeypatch.setattr(Me, "get", failing(FULL))
    answer = browser.get("/api/me")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Try again" in answer.json()["detail"]


def test_a_failure_in_middleware_is_a_503_too(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore._get_session_from_db", failing(FULL))
    browser.cookies["session"] = "x" * 32
    assert browser.get("/").status_code == 503


@pytest.mark.django_db
def test_a_defect_is_a_500(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "single_tenant_connections", failing(KeyError("x")))
    assert browser.get("/login").status_code == 500
