"""Log lines of a request: enough to follow it, nothing that gives access (R60)."""

import structlog
from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

from common.http.client_address import client_address
from scim.fast_path import request_id
from torque_sso.logging import without_tokens


class RequestLogMiddleware(RequestMiddleware):
    """Log requests without their query: OIDC responses carry `code` and `state` there, sign-in pages an e-mail.

    A request ID from outside counts only if the audit log can store it.
    """

    def prepare(self, request: HttpRequest) -> None:
        request.META["HTTP_X_REQUEST_ID"] = request_id(request)
        super().prepare(request)

    @classmethod
    def bind_ip(cls, request: HttpRequest) -> None:
        structlog.contextvars.bind_contextvars(ip=client_address(request))

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {without_tokens(request.path)}"
