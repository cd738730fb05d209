"""What every address has in common: content types, sizes, slashes, methods, errors."""

from typing import Any

import pytest
from django.db import DataError, OperationalError
from django.test import Client

from accounts.models import AuditEntry
from scim.errors import ERROR_SCHEMA
from scim.listing import paging
from tests.scim.client import BASE, USER, ScimClient
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/Users", "/Users/", "/v2/Users", "/v2/Users/", "/Users?aadOptscim062020"])
def test_the_list_is_at_each_base_with_and_without_a_slash(okta: ScimClient, path: str) -> None:
    answer = okta.get(path)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/scim+json")


@pytest.mark.parametrize("path", ["", "/", "/v2", "/users", "/Nothing", "/Users/a/b", "/v2x/Users", "/%00"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_an_unknown_address_is_404_in_scim_words(okta: ScimClient, path: str, method: str) -> None:
    answer = okta.ask(method, path, {})
    assert (answer.status, answer.body["schemas"], answer.body["status"]) == (404, [ERROR_SCHEMA], "404")


SLASHES = ("//Users", "//Users//", "/Users//", "///Users", "//v2//Users")


@pytest.mark.parametrize("path", SLASHES)
def test_slashes_too_many_are_tolerated(okta: ScimClient, path: str) -> None:
    assert okta.get(path).body["totalResults"] == 3
    created = okta.ask("POST", path, {"userName": "ann@acme.example"})
    base = "/api/scim/v2/Users/" if "v2" in path else "/api/scim/Users/"
    assert (created.status, created.headers["Location"].endswith(base + created.body["id"])) == (201, True)
    assert okta.get(f"{path}/{created.body['id']}//").status == 200


def test_slashes_too_many_before_the_base_are_tolerated_too(token: str) -> None:
    answer = Client().request(PATH_INFO="//api//scim//Users", HTTP_AUTHORIZATION=f"Bearer {token}")
    assert (answer.status_code, b'"totalResults":3' in answer.content) == (200, True)


SCIM_TYPE, JSON_TYPE = "application/scim+json", "application/json"
ACCEPTED = {
    "application/json": JSON_TYPE,
    "Application/JSON; charset=utf-8": JSON_TYPE,
    "application/json, text/plain, */*": JSON_TYPE,
    "application/scim+json;q=0.5, application/json": JSON_TYPE,
    "application/scim+json": SCIM_TYPE,
    "application/json, application/scim+json": SCIM_TYPE,
    "application/json;q=0.5, */*": SCIM_TYPE,
    "application/json;q=0": SCIM_TYPE,
    "*/*": SCIM_TYPE,
    "text/html": SCIM_TYPE,
    "": SCIM_TYPE,
    "application/json;q=x;;,,/": JSON_TYPE,
}


@pytest.mark.parametrize("accept", ACCEPTED)
@pytest.mark.parametrize("path", ["/Users", "/Users/none", "/Schemas"])
def test_the_answer_has_the_type_that_was_asked_for(okta: ScimClient, accept: str, path: str) -> None:
    assert okta.get(path, Accept=accept).headers["Content-Type"] == ACCEPTED[accept]


@pytest.mark.parametrize("length", [8_001, 20_000, 200_000])
def test_an_address_that_is_too_long_is_414_in_scim_words(okta: ScimClient, length: int) -> None:
    answer = okta.get(f"/Users?filter={'a' * length}")
    assert (answer.status, answer.body["status"], answer.body["schemas"]) == (414, "414", [ERROR_SCHEMA])
    assert "POST /Users/.search" in answer.body["detail"]


def test_an_address_of_more_than_four_thousand_bytes_is_read(okta: ScimClient) -> None:
    names = "%20or%20".join(f"userName%20eq%20%22{'x' * 140}{number}%22" for number in range(25))
    filter_text = f"{names}%20or%20userName%20eq%20%22bob@acme.example%22"
    assert len(filter_text) > 4_100
    assert okta.get(f"/Users?filter={filter_text}").body["totalResults"] == 1


def test_an_address_next_to_the_base_is_not_scim(okta: ScimClient) -> None:
    answer = Client().get(f"{BASE}x")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/json")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/Users", "GET, HEAD, POST"),
        ("POST", "/Users/some-id", "GET, HEAD, PUT, PATCH, DELETE"),
        ("PUT", "/Schemas", "GET, HEAD"),
        ("GET", "/Users/.search", "POST"),
        ("OPTIONS", "/Users", "GET, HEAD, POST"),
        ("BREW", "/Me", "GET, HEAD, PUT, PATCH, DELETE"),
    ],
)
def test_a_method_that_is_not_offered_is_405(okta: ScimClient, method: str, path: str, allowed: str) -> None:
    answer = okta.ask(method, path)
    assert (answer.status, answer.body["status"], answer.headers["Allow"]) == (405, "405", allowed)


def test_head_answers_as_get_without_a_body(okta: ScimClient) -> None:
    answer = okta.ask("HEAD", "/Users")
    assert (answer.status, answer.body) == (200, None)


@pytest.mark.parametrize("charset", ["", "; charset=utf-8", ";charset=UTF-8"])
@pytest.mark.parametrize("media_type", ["application/scim+json", "application/json", "Application/JSON"])
def test_both_content_types_are_taken(okta: ScimClient, media_type: str, charset: str) -> None:
    body = {"schemas": [USER], "userName": "ann@acme.example"}
    assert okta.ask("POST", "/Users", body, Content_Type=media_type + charset).status == 201


@pytest.mark.parametrize("media_type", ["text/xml", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_other_content_types_are_415(okta: ScimClient, media_type: str) -> None:
    answer = okta.ask("POST", "/Users", "userName=a", Content_Type=media_type)
    assert (answer.status, answer.body["status"]) == (415, "415")


@pytest.mark.parametrize("method", ["POST /Users", "PUT /Users/{}", "PATCH /Users/{}", "POST /Users/.search"])
@pytest.mark.parametrize(
    "body",
    ["", "{", '{"a":1,"a":2}', "NaN", b"\xff", '{"userName":"\\ud800"}', '{"userName":"\\u0000"}', "[" * 100_000],
)
def test_what_is_no_json_is_invalid_syntax(okta: ScimClient, cast: Cast, method: str, body: Any) -> None:
    verb, path = method.format(cast.bob.pk).split()
    answer = okta.ask(verb, path, body)
    assert (answer.status, answer.body["scimType"]) == (400, "invalidSyntax")


def test_a_body_over_the_limit_is_413(okta: ScimClient) -> None:
    answer = okta.ask("POST", "/Users", '"' + "a" * 1024 * 1024 + '"')
    assert (answer.status, answer.body["status"]) == (413, "413")


def test_a_body_of_the_limit_is_read(okta: ScimClient) -> None:
    answer = okta.ask("POST", "/Users", '"' + "a" * (1024 * 1024 - 2) + '"')
    assert (answer.status, answer.body["schemas"]) == (400, [ERROR_SCHEMA])


def test_a_thousand_query_parameters_are_no_server_error(okta: ScimClient) -> None:
    answer = okta.get("/Users?" + "&".join(f"a{number}=1" for number in range(1_100)))
    assert (answer.status, answer.body["scimType"]) == (400, "invalidSyntax")


@pytest.mark.parametrize(
    ("problem", "status"),
    [(DataError("secret SQL"), 400), (OperationalError("secret SQL"), 503), (KeyError("SQL"), 500)],
)
def test_a_problem_of_ours_is_shown_without_its_words(
    okta: ScimClient, monkeypatch: pytest.MonkeyPatch, problem: Exception, status: int
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise problem

    monkeypatch.setattr(paging, "read_page", fail)
    answer = okta.get("/Users")
    assert (answer.status, answer.body["status"]) == (status, str(status))
    assert "SQL" not in str(answer.body)


def test_nothing_is_kept_in_a_cache(okta: ScimClient) -> None:
    assert okta.get("/Users").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/Groups", "/Groups?startIndex=1&count=100", '/Groups?filter=displayName eq "Ops"'])
def test_the_list_of_groups_is_there_and_empty(okta: ScimClient, path: str) -> None:
    answer = okta.get(path)
    assert (answer.status, answer.body["totalResults"], answer.body["Resources"]) == (200, 0, [])


@pytest.mark.parametrize("call", ["POST /Groups", "PUT /Groups/1", "PATCH /Groups/1", "DELETE /Groups/1", "POST /Bulk"])
def test_writing_groups_and_bulk_are_not_offered(okta: ScimClient, call: str) -> None:
    method, path = call.split()
    answer = okta.ask(method, path, {"displayName": "Ops"})
    assert (answer.status, answer.body["status"]) == (501, "501")


@pytest.mark.parametrize("call", ["POST /Groups", "PATCH /Groups/1", "POST /Bulk"])
def test_what_is_not_offered_is_logged_as_information(
    okta: ScimClient, call: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    okta.ask(*call.split(), {"displayName": "Ops"})
    received = [record.levelname for record in caplog.records if "Not" in record.getMessage()]
    assert received == ["INFO"]


def test_no_group_has_an_id(okta: ScimClient) -> None:
    assert okta.get("/Groups/1").status == 404
    assert okta.ask("POST", "/Groups/.search", {}).body["totalResults"] == 0


def test_the_audit_log_names_the_request(okta: ScimClient) -> None:
    okta.ask("POST", "/Users", {"userName": "ann@acme.example"}, X_Request_ID="trace-1")
    assert AuditEntry.objects.get(object_label="ann@acme.example").request_id == "trace-1"
