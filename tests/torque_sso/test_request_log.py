from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client, RequestFactory

from torque_sso.request_log import RequestLogMiddleware


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("/groups?page=2", "GET /groups"),
        ("/api/accounts/idp-callback?code=secret&state=secret", "GET /api/accounts/idp-callback"),
        ("/set-password/0c6a7e0e-5d0c-4a43-9a53-0c6f0e6a1f11/secret", "GET /set-password/***"),
    ],
)
def test_secrets_of_an_address_are_not_written(address: str, written: str) -> None:
    assert RequestLogMiddleware.format_request(RequestFactory().get(address)) == written


REFUSED: dict[str, Callable[[str], Any]] = {
    "not found": lambda path: Client().get(path),
    "another method": lambda path: Client().put(path),
    "another site": lambda path: Client(enforce_csrf_checks=True).post(path),
}


@pytest.mark.django_db
@pytest.mark.parametrize("ask", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("link", ["/set-password", "/login/recovery"])
def test_django_writes_no_one_time_token_of_a_refused_request(
    ask: Callable[[str], Any], link: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The link may be live: the form was posted without its cookie, or a tool asked with another method."""
    ask(f"{link}/0c6a7e0e-5d0c-4a43-9a53-0c6f0e6a1f11/abcdef-one-time-token")
    assert f"{link}/***" in caplog.text
    assert "one-time-token" not in caplog.text
