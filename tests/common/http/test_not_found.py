"""An address that nothing is at: programs read JSON, people a page."""

import pytest
from django.test import Client

from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/api/", "/api/users", "/api/scimmy", "/api/accounts/"])
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_a_program_is_told_in_json(path: str, method: str) -> None:
    answer = getattr(Client(), method)(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/json")
    assert answer.json()["detail"].startswith("Expected an address of REST")


def test_a_person_is_told_by_a_page(cast: Cast) -> None:
    browser = Client()
    browser.force_login(cast.bob, "accounts.authentication.AccountBackend")
    answer = browser.get("/nowhere")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
