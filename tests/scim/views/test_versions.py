"""ETags: who has the newest version need not read it, and nobody overwrites what they have not seen."""

import pytest

from tests.scim.client import USER, ScimClient
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db

TITLE = {"op": "replace", "path": "title", "value": "Dr"}


@pytest.mark.parametrize("header", ['W/"1"', '"1"', "*", '"7", W/"1"'])
def test_a_version_that_the_client_has_is_304(okta: ScimClient, cast: Cast, header: str) -> None:
    answer = okta.get(f"/Users/{cast.petra.pk}", If_None_Match=header)
    assert (answer.status, answer.body, answer.headers["ETag"]) == (304, None, 'W/"1"')


def test_another_version_is_sent(okta: ScimClient, cast: Cast) -> None:
    assert okta.get(f"/Users/{cast.petra.pk}", If_None_Match='W/"2"').status == 200


def test_each_change_is_a_new_version(okta: ScimClient, cast: Cast) -> None:
    answer = okta.patch(cast.petra.pk, TITLE)
    assert (answer.headers["ETag"], answer.body["meta"]["version"]) == ('W/"2"', 'W/"2"')


def test_a_change_that_changes_nothing_is_no_new_version(okta: ScimClient, cast: Cast) -> None:
    okta.patch(cast.petra.pk, TITLE)
    assert okta.patch(cast.petra.pk, TITLE).headers["ETag"] == 'W/"2"'


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_change_of_an_older_version_is_412(okta: ScimClient, cast: Cast, method: str) -> None:
    okta.patch(cast.petra.pk, TITLE)
    body = {"schemas": [USER], "userName": "petra@acme.example", "Operations": [TITLE]}
    answer = okta.ask(method, f"/Users/{cast.petra.pk}", body, If_Match='W/"1"')
    assert (answer.status, answer.body["status"]) == (412, "412")
    assert okta.get(f"/Users/{cast.petra.pk}").body["title"] == "Dr"


@pytest.mark.parametrize(("method", "status"), [("PUT", 200), ("PATCH", 200), ("DELETE", 204)])
def test_a_change_of_the_stored_version_is_carried_out(okta: ScimClient, cast: Cast, method: str, status: int) -> None:
    body = {"schemas": [USER], "userName": "petra@acme.example", "Operations": [TITLE]}
    assert okta.ask(method, f"/Users/{cast.petra.pk}", body, If_Match='W/"1"').status == status
