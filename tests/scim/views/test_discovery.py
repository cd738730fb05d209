"""What the service says of itself follows from the attribute table, and is true."""

from typing import Any

import pytest

from scim import attributes
from scim.attributes import CORE, ENTERPRISE
from scim.errors import ERROR_SCHEMA
from scim.listing.cursors import SECONDS
from scim.listing.paging import MAX_COUNT
from tests.scim.client import ScimClient
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def names(definitions: list[dict[str, Any]]) -> set[str]:
    parts = {f"{one['name']}.{part['name']}" for one in definitions for part in one.get("subAttributes", [])}
    return {one["name"] for one in definitions} | parts


def has_null(value: Any) -> bool:
    if isinstance(value, dict):
        return any(has_null(item) for item in value.values())
    return any(has_null(item) for item in value) if isinstance(value, list) else value is None


def test_what_can_be_done(okta: ScimClient) -> None:
    said = okta.get("/ServiceProviderConfig").body
    able = {name: said[name]["supported"] for name in ("patch", "bulk", "filter", "changePassword", "sort", "etag")}
    assert able == {
        "patch": True, "bulk": False, "filter": True, "changePassword": False, "sort": True, "etag": True
    }  # fmt: skip
    assert (said["filter"]["maxResults"], said["bulk"]["maxOperations"]) == (MAX_COUNT, 0)
    assert said["authenticationSchemes"][0]["type"] == "oauthbearertoken"


def test_both_ways_of_paging_are_shown(okta: ScimClient) -> None:
    received = okta.get("/ServiceProviderConfig").body["pagination"]
    assert (received["cursor"], received["index"], received["maxPageSize"]) == (True, True, MAX_COUNT)
    assert received["cursorTimeout"] == SECONDS


@pytest.mark.parametrize(("path", "count"), [("/ResourceTypes", 1), ("/Schemas", 2)])
def test_lists_have_their_counters(okta: ScimClient, path: str, count: int) -> None:
    answer = okta.get(path).body
    assert (answer["totalResults"], answer["itemsPerPage"], answer["startIndex"]) == (count, count, 1)
    assert not has_null(answer)


@pytest.mark.parametrize("path", ["/ResourceTypes/User", f"/Schemas/{CORE}", f"/Schemas/{ENTERPRISE}"])
def test_each_document_has_an_address(okta: ScimClient, path: str) -> None:
    answer = okta.get(path)
    assert (answer.status, answer.body["id"]) == (200, path.rpartition("/")[2])
    assert answer.body["meta"]["location"].endswith(f"/api/scim{path}")


@pytest.mark.parametrize("path", ["/ResourceTypes/Group", "/Schemas/urn:x", "/Schemas/x/y"])
def test_other_documents_are_404(okta: ScimClient, path: str) -> None:
    assert (okta.get(path).status, okta.get(path).body["schemas"]) == (404, [ERROR_SCHEMA])


@pytest.mark.parametrize("path", ["/ResourceTypes", "/Schemas"])
def test_a_filter_on_documents_is_forbidden(okta: ScimClient, path: str) -> None:
    assert okta.get(f'{path}?filter=id eq "x"').status == 403


@pytest.mark.parametrize("schema", [CORE, ENTERPRISE])
def test_a_schema_lists_what_is_kept_and_nothing_else(okta: ScimClient, schema: str) -> None:
    kept = {row.name for row in attributes.ATTRIBUTES if row.schema == schema}
    assert names(okta.get(f"/Schemas/{schema}").body["attributes"]) == kept


def test_a_person_shows_only_what_the_schemas_list(okta: ScimClient, cast: Cast) -> None:
    person = okta.get(f"/Users/{cast.bob.pk}").body
    common = {"schemas", "id", "externalId", "meta"}
    assert set(person) - common <= names(okta.get(f"/Schemas/{CORE}").body["attributes"])
