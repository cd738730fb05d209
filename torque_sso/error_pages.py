"""Answers to an unknown address (404), a database that cannot serve (503) and a defect (500).

A page for browsers, JSON with `detail` below /api/, as all of the REST API. SCIM answers by itself (`scim.views`), but
for what fails in middleware, which only Django's last handler sees.
"""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.views import defaults

from common.http.preferred_type import prefers_html

NOT_FOUND = (
    "There is no endpoint at this address. Expected one of the REST API (/api/me, /api/accounts/…, /api/token/…)"
    " or of SCIM (/api/scim/…)."
)
UNAVAILABLE = "The database cannot serve this request right now. Nothing was changed. Try again in a few seconds."
RETRY_AFTER = "5"  # seconds


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler404`."""
    if request.path.startswith("/api/") and not prefers_html(request, default=False):
        return JsonResponse({"detail": NOT_FOUND}, status=404)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`: a 503 when the database is down, full, locked or too slow, else the page of a defect."""
    if not isinstance(sys.exception(), OperationalError | InterfaceError):
        return defaults.server_error(request)
    retry = {"Retry-After": RETRY_AFTER}
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": UNAVAILABLE}, status=503, headers=retry)
    return HttpResponse(loader.get_template("503.html").render(), status=503, headers=retry)
