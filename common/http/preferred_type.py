"""HTML or JSON: what the client of a request prefers."""

from django.http import HttpRequest


def prefers_html(request: HttpRequest, *, default: bool) -> bool:
    """Whether to answer with a page. Browsers name `text/html` in Accept, programs JSON.

    `default`: for a request that names neither (`*/*`, or no Accept at all).
    """
    accept = request.headers.get("Accept", "").lower()
    if "text/html" not in accept and "json" not in accept:
        return default
    return request.get_preferred_type(["text/html", "application/json"]) == "text/html"
