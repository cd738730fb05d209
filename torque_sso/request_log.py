"""What is written of each request: enough to follow it, nothing that opens a door (R60)."""

import re

from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

# Whoever reads the log before the person follows the link could set the password.
_ONE_TIME_TOKEN = re.compile(r"(?<=^/set-password/).*")


class RequestLogMiddleware(RequestMiddleware):
    """Leaves the query out: OIDC answers carry `code` and `state` there, sign-in pages an e-mail."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {_ONE_TIME_TOKEN.sub('***', request.path)}"
