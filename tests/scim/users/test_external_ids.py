"""externalId may repeat in an account: Entra maps it to the mail nickname by default."""

import pytest

from scim.listing import listed_users
from tests.scim.client import ScimClient
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def test_two_people_with_one_external_id_are_created_and_both_found(okta: ScimClient) -> None:
    names = [f"bo.{name}@acme.example" for name in ("ek", "oh")]
    assert [okta.create(name, externalId="bo").status for name in names] == [201, 201]
    found = okta.find('externalId eq "bo"').body
    assert (found["totalResults"], [user["userName"] for user in found["Resources"]]) == (2, names)


@pytest.mark.parametrize("value", ["bo", "", "BO"])
def test_an_update_may_give_it_to_another(okta: ScimClient, cast: Cast, value: str) -> None:
    okta.create("bo.ek@acme.example", externalId="bo")
    answer = okta.patch(cast.petra.pk, {"op": "Replace", "path": "externalId", "value": value})
    assert (answer.status, answer.body.get("externalId", "")) == (200, value)


def test_who_is_restored_keeps_an_external_id_that_somebody_has_by_now(okta: ScimClient) -> None:
    ann = okta.create("ann@acme.example", externalId="bo").body["id"]
    okta.patch(ann, {"op": "replace", "value": {"active": False}})
    okta.create("bo.ek@acme.example", externalId="bo")
    assert okta.create("ann@acme.example", externalId="bo").body["id"] == ann


def test_one_of_another_account_is_not_found(okta: ScimClient, stranger: ScimClient) -> None:
    stranger.create("bo@globex.example", externalId="bo")
    okta.create("bo@acme.example", externalId="bo")
    assert okta.find('externalId eq "bo"').body["totalResults"] == 1


def test_a_constant_that_everybody_has_is_paged(okta: ScimClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listed_users, "_MOST_AT_ONCE", 1)
    for number in range(3):
        okta.create(f"p{number}@acme.example", externalId="employee")
    answer = okta.get("/Users?filter=externalId%20eq%20%22employee%22&startIndex=2&count=1")
    assert (answer.body["totalResults"], answer.body["Resources"][0]["userName"]) == (3, "p1@acme.example")
