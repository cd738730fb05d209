"""Names that look the same: full-width letters compare as ordinary ones, what nobody sees is refused."""

from typing import Any

import pytest

from accounts.models import User
from tests.scim.client import USER, ScimClient
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
WIDE = "\uff21nn\uff20acme.example"
HIDDEN = {
    "zero width space": "an\u200bn@acme.example",
    "joiner": "an\u200dn@acme.example",
    "right to left": "\u202eann@acme.example",
    "isolate": "ann@acme.example\u2069x",
    "byte order mark": "\ufeffann@acme.example",
    "control": "an\u0007n@acme.example",
}


def emails(address: str) -> list[dict[str, Any]]:
    return [{"value": address, "type": "work", "primary": True}]


def test_the_same_name_in_full_width_is_taken_and_found(okta: ScimClient) -> None:
    okta.create("ann@acme.example")
    assert okta.create(WIDE).status == 409
    for filter_text in (
        f'userName eq "{WIDE}"',
        f'emails.value eq "{WIDE}"',
        f'userName eq "{WIDE}" and active eq true',
    ):
        assert okta.find(filter_text).body["totalResults"] == 1, filter_text


def test_full_width_is_returned_as_it_was_sent(okta: ScimClient) -> None:
    assert okta.create(WIDE).body["userName"] == WIDE


@pytest.mark.parametrize("name", HIDDEN)
def test_a_user_name_with_what_nobody_sees_is_refused(okta: ScimClient, name: str) -> None:
    answer = okta.create(HIDDEN[name])
    assert (answer.status, answer.body["scimType"]) == (400, "invalidValue")
    assert "U+" in answer.body["detail"]


@pytest.mark.parametrize("name", HIDDEN)
def test_so_is_an_address(okta: ScimClient, cast: Cast, name: str) -> None:
    assert okta.create("ann", emails=emails(HIDDEN[name])).status == 400
    change = {"op": "Replace", "path": 'emails[type eq "work"].value', "value": HIDDEN[name]}
    assert okta.patch(cast.petra.pk, change).status == 400


def test_who_has_such_a_name_since_before_can_still_be_deactivated(okta: ScimClient) -> None:
    user_id, old = okta.create("ann@acme.example").body["id"], HIDDEN["joiner"]
    User.objects.filter(pk=user_id).update(user_name=old, email=old)
    off = {"op": "replace", "value": {"active": False}}
    assert okta.patch(user_id, off).body["active"] is False
    put = okta.ask("PUT", f"/Users/{user_id}", {"schemas": [USER], "userName": old, "emails": emails(old)})
    assert put.status == 200


@pytest.mark.parametrize("name", ["山田太郎", "مريم@acme.example", "zoë", "Ο'Neill"])
def test_names_of_any_script_are_taken(okta: ScimClient, name: str) -> None:
    assert okta.create(name).status == 201
