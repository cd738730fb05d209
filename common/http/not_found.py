"""`handler404`: what nothing is at, told to programs as all of REST tells a refusal, and to people as a page."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

DETAIL = (
    "Expected an address of REST (/api/me, /api/accounts/…, /api/token/…) or of provisioning (/api/scim/…);"
    " nothing is at this one. The program has to ask another."
)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith("/api/") and not is_for_a_person(request, unless_said=False):
        return JsonResponse({"detail": DETAIL}, status=404)
    return defaults.page_not_found(request, exception)


def is_for_a_person(request: HttpRequest, *, unless_said: bool) -> bool:
    """Whether the answer is to be a page. Browsers name `text/html` in Accept, programs JSON.

    `unless_said`: for who names neither (`*/*`, or no Accept at all).
    """
    accept = request.headers.get("Accept", "").lower()
    if "text/html" not in accept and "json" not in accept:
        return unless_said
    return request.get_preferred_type(["text/html", "application/json"]) == "text/html"
