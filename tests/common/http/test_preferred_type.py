"""Browsers get pages, programs JSON."""

import pytest
from django.test import RequestFactory

from common.http.preferred_type import prefers_html

FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "html"),
    [
        (FIREFOX, True),
        ("text/html;q=0.5, application/json", False),
        ("application/json, text/plain, */*", False),
        ("application/scim+json", False),
    ],
)
def test_accept_decides(accept: str, html: bool) -> None:
    request = RequestFactory().get("/", headers={"Accept": accept})
    assert {prefers_html(request, default=default) for default in (True, False)} == {html}


@pytest.mark.parametrize("accept", ["", "*/*"])
@pytest.mark.parametrize("default", [True, False])
def test_where_accept_names_neither_the_default_counts(accept: str, default: bool) -> None:
    request = RequestFactory().get("/", headers={"Accept": accept} if accept else {})
    assert prefers_html(request, default=default) is default
