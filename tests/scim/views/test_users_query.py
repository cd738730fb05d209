"""Lists, searches, and which attributes are shown."""

from typing import Any

import pytest

from scim.errors import ERROR_SCHEMA
from tests.scim.client import ScimClient
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db

SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"


def test_a_page_counts_the_whole_account(okta: ScimClient, cast: Cast) -> None:
    answer = okta.get("/Users?startIndex=1&count=2").body
    assert (answer["totalResults"], answer["startIndex"], answer["itemsPerPage"]) == (3, 1, 2)
    assert [user["userName"] for user in answer["Resources"]] == ["alice@acme.example", "bob@acme.example"]


@pytest.mark.parametrize(
    ("query", "start", "shown"),
    [
        ("startIndex=0&count=1", 1, 1),
        ("startIndex=-4&count=1", 1, 1),
        ("count=0", 1, 0),
        ("count=-1", 1, 0),
        ("startIndex=3", 3, 1),
        ("startIndex=9", 9, 0),
        ("count=1000", 1, 3),
    ],
)
def test_odd_numbers_are_read_kindly(okta: ScimClient, cast: Cast, query: str, start: int, shown: int) -> None:
    answer = okta.get(f"/Users?{query}").body
    assert (answer["totalResults"], answer["startIndex"], answer["itemsPerPage"]) == (3, start, shown)


@pytest.mark.parametrize("query", ["startIndex=one", "count=many", "count=1.5", "filter=%00", "sortBy=%00"])
def test_what_is_no_number_or_no_text_is_400(okta: ScimClient, cast: Cast, query: str) -> None:
    answer = okta.get(f"/Users?{query}")
    assert (answer.status, answer.body["schemas"]) == (400, [ERROR_SCHEMA])


def test_a_filter_that_finds_nobody_is_an_empty_list(okta: ScimClient) -> None:
    answer = okta.find('userName eq "nobody@acme.example"')
    assert (answer.status, answer.body["totalResults"], answer.body["Resources"]) == (200, 0, [])


def test_a_filter_that_cannot_be_understood_is_refused(okta: ScimClient) -> None:
    answer = okta.find('shoeSize eq "44"')
    assert (answer.status, answer.body["scimType"]) == (400, "invalidFilter")


@pytest.mark.parametrize("path", ["/Users/.search", "/.search", "/v2/Users/.search/"])
def test_a_search_is_a_query_in_a_body(okta: ScimClient, cast: Cast, path: str) -> None:
    body = {"schemas": [SEARCH], "filter": 'userName sw "b"', "startIndex": 1, "count": 10, "attributes": ["userName"]}
    answer = okta.ask("POST", path, body).body
    assert answer["totalResults"] == 1
    assert set(answer["Resources"][0]) == {"schemas", "id", "userName"}


@pytest.mark.parametrize(
    "body",
    [[], "x", 1, None, {"filter": 1}, {"count": {}}, {"count": True}, {"startIndex": 1.5}, {"attributes": [1]}],
)
def test_a_search_of_wrong_types_is_400(okta: ScimClient, body: Any) -> None:
    answer = okta.ask("POST", "/Users/.search", body)
    assert (answer.status, answer.body["schemas"]) == (400, [ERROR_SCHEMA])


def test_only_the_attributes_asked_for_are_shown(okta: ScimClient, cast: Cast) -> None:
    for path in (f"/Users/{cast.bob.pk}", "/Users"):
        answer = okta.get(f"{path}?attributes=USERNAME,name.givenName").body
        user = answer["Resources"][1] if "Resources" in answer else answer
        assert set(user) == {"schemas", "id", "userName", "name"}


def test_attributes_left_out(okta: ScimClient, cast: Cast) -> None:
    answer = okta.get(f"/Users/{cast.bob.pk}?excludedAttributes=emails,meta,id").body
    assert ("emails" in answer, "meta" in answer, "id" in answer) == (False, False, True)


def test_a_change_shows_the_attributes_asked_for_too(okta: ScimClient, cast: Cast) -> None:
    body = {"Operations": [{"op": "replace", "path": "title", "value": "Dr"}]}
    answer = okta.ask("PATCH", f"/Users/{cast.petra.pk}?attributes=title", body).body
    assert set(answer) == {"schemas", "id", "title"}


def test_sorting(okta: ScimClient, cast: Cast) -> None:
    found = okta.get("/Users?sortBy=userName&sortOrder=descending").body["Resources"]
    assert [user["userName"][0] for user in found] == ["p", "b", "a"]


def test_pages_by_cursor_reach_everybody_once(okta: ScimClient, cast: Cast) -> None:
    seen, cursor = [], ""
    while cursor is not None:
        answer = okta.get(f"/Users?count=2&cursor={cursor}").body
        seen += [user["userName"] for user in answer["Resources"]]
        cursor = answer.get("nextCursor")
        assert "startIndex" not in answer
    assert sorted(seen) == ["alice@acme.example", "bob@acme.example", "petra@acme.example"]


def test_a_cursor_that_was_made_up_is_refused(okta: ScimClient) -> None:
    answer = okta.get("/Users?cursor=made-up")
    assert (answer.status, answer.body["scimType"]) == (400, "invalidCursor")
