import pytest
from django.test import RequestFactory

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
