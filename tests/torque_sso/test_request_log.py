import pytest
from django.test import RequestFactory

from torque_sso.logging import of_other_loggers
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


def test_nor_does_django_write_them_of_an_answer_that_is_an_error() -> None:
    event = {"event": 'Forbidden ("CSRF"): /set-password/0c6a7e0e-5d0c-4a43-9a53-0c6f0e6a1f11/secret'}
    assert of_other_loggers(None, "", event)["event"] == 'Forbidden ("CSRF"): /set-password/***'
