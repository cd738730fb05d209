"""409 names the attribute and the value that another user of the account has."""

from typing import Any

import pytest

from tests.scim.client import Answer, ScimClient
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
WORK, PRIMARY = 'emails[type eq "work"].value', "emails[primary eq true].value"


def emails(address: str, **more: Any) -> dict[str, Any]:
    return {"emails": [{"value": address, "primary": True, **more}]}


COLLISIONS: dict[str, tuple[str, dict[str, Any], str]] = {
    "the userName": ("ANN@acme.example", {}, "userName 'ANN@acme.example' is"),
    "a plain userName": ("Ann", emails("x@acme.example", type="work"), "userName 'Ann' is"),
    "the work address": ("x", emails("Ann@acme.example", type="work"), f"{WORK} 'Ann@acme.example' is"),
    "a primary address of no type": ("x", emails("ann@acme.example"), f"{PRIMARY} 'ann@acme.example' is"),
    "who signed in only": ("x", emails("Bob@acme.example", type="home"), f"{PRIMARY} 'Bob@acme.example' is"),
}


def check(answer: Answer, named: str) -> None:
    assert (answer.status, answer.body["scimType"], answer.body["status"]) == (409, "uniqueness", "409")
    assert answer.body["detail"].startswith(f"{named} in use by another user of this account.")


@pytest.fixture
def ann(okta: ScimClient) -> None:
    okta.create("ann@acme.example")
    okta.create("ann", **emails("other@acme.example"))


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize("case", COLLISIONS)
def test_a_create_names_what_collides(okta: ScimClient, case: str) -> None:
    user_name, more, named = COLLISIONS[case]
    check(okta.create(user_name, **more), named)


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize("case", COLLISIONS)
def test_so_does_an_update(okta: ScimClient, cast: Cast, case: str) -> None:
    user_name, more, named = COLLISIONS[case]
    new = okta.create("new@acme.example").body["id"]
    check(okta.ask("PUT", f"/Users/{new}", {"userName": user_name, **more}), named)


@pytest.mark.usefixtures("ann")
def test_where_both_collide_the_user_name_is_named(okta: ScimClient) -> None:
    answer = okta.create("ann@acme.example", **emails("ann@acme.example", type="work"))
    assert answer.status == 409
    assert answer.body["detail"].startswith("userName ")


@pytest.mark.usefixtures("ann")
def test_so_does_the_return_of_somebody_whose_address_was_given_away(okta: ScimClient) -> None:
    old = okta.create("old", **emails("old@acme.example")).body["id"]
    okta.patch(old, {"op": "replace", "value": {"active": False}})
    check(okta.create("old", **emails("ann@acme.example", type="work")), f"{WORK} 'ann@acme.example' is")


def test_what_somebody_of_another_account_has_collides_with_nothing(okta: ScimClient, stranger: ScimClient) -> None:
    stranger.create("ann@acme.example")
    assert okta.create("ann@acme.example").status == 201
