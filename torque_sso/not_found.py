"""`handler404`: what nothing is at, told to programs as all of REST tells a refusal, and to people as a page."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

DETAIL = (
    "Expected an address of REST (/api/me, /api/accounts/…, /api/token/…) or of provisioning (/api/scim/…);"
    " nothing is at this one. The program has to ask another."
)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": DETAIL}, status=404)
    return defaults.page_not_found(request, exception)
