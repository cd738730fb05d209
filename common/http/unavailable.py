"""What people and programs are told when the database cannot serve a request: try again, nothing was half done.

SCIM says the same in its own words (`scim.views`). Everything else goes through Django's last handler, which also sees
what fails in middleware.
"""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.views import defaults

RETRY_AFTER = "5"  # seconds
DETAIL = "The database cannot serve this request at the moment; no change was half done. Try again in a few seconds."


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`: a 503 when the database is away, full, locked or too slow; else the page of a defect."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return unavailable(request)
    return defaults.server_error(request)


def unavailable(request: HttpRequest) -> HttpResponse:
    retry = {"Retry-After": RETRY_AFTER}
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": DETAIL}, status=503, headers=retry)
    return HttpResponse(loader.get_template("503.html").render(), status=503, headers=retry)
