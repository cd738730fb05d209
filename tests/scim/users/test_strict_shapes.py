"""POST and PUT say what they mean: a value of the wrong JSON type is refused. PATCH stays as lenient as it was."""

from typing import Any

import pytest

from accounts.models import User
from tests.scim.client import USER, ScimClient
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
ADDRESS = "x@acme.example"

WRONG: list[dict[str, Any]] = [
    {"emails": ADDRESS},
    {"emails": ""},
    {"emails": {}},
    {"emails": {"value": ADDRESS}},
    {"emails": [ADDRESS]},
    {"emails": [[{"value": ADDRESS}]]},
    {"emails": True},
    {"emails": 7},
    {"Emails": ADDRESS},
    {"phoneNumbers": "+49 30 1"},
    {"phoneNumbers": {"value": "+49 30 1"}},
    {"name": "Ann Lee"},
    {"name": ["Ann"]},
    {"active": {}},
    {"active": [True]},
    {"active": 1},
    {"displayName": ["Ann"]},
    {"externalId": 7},
    {"timezone": {}},
]
READ: list[dict[str, Any]] = [
    {"emails": None},
    {"emails": []},
    {"emails": [None]},
    {"name": None, "phoneNumbers": None, "title": None},
    {"name": {"givenName": None}},
    {"active": "True"},
    {"roles": "admin"},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_create_with_a_wrong_type_is_refused(okta: ScimClient, wrong: dict[str, Any]) -> None:
    answer = okta.create("ann@acme.example", **wrong)
    assert (answer.status, answer.body["scimType"]) == (400, "invalidValue")
    assert next(iter(wrong)).lower() in answer.body["detail"].lower()
    assert not User.objects.filter(user_name="ann@acme.example").exists()


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_so_is_a_replacement(okta: ScimClient, cast: Cast, wrong: dict[str, Any]) -> None:
    body = {"schemas": [USER], "userName": "petra@acme.example", **wrong}
    assert okta.ask("PUT", f"/Users/{cast.petra.pk}", body).status == 400
    assert User.objects.get(pk=cast.petra.pk).version == 1


@pytest.mark.parametrize("sent", READ, ids=str)
def test_what_vendors_send_is_read(okta: ScimClient, sent: dict[str, Any]) -> None:
    assert okta.create("ann@acme.example", **sent).status == 201


@pytest.mark.parametrize("value", [ADDRESS, {"value": ADDRESS}, [ADDRESS], [{"value": ADDRESS}]], ids=str)
def test_a_patch_reads_all_of_these(okta: ScimClient, value: Any) -> None:
    user_id = okta.create("ann@acme.example").body["id"]
    answer = okta.patch(user_id, {"op": "replace", "path": "emails", "value": value})
    assert (answer.status, answer.body["emails"][0]["value"]) == (200, ADDRESS)
