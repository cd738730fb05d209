"""A person from announcement to the end, over HTTP."""

import pytest

from accounts.audit.audit import OPERATOR
from accounts.models import AuditEntry, User
from accounts.tokens import tokens
from scim.errors import ERROR_SCHEMA
from tests.scim.client import USER, ScimClient
from tests.scim.conftest import service_token
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db

ANN = "ann@acme.example"
MALLORY = [{"type": "work", "value": "mallory@acme.example", "primary": True}]
LEAVES = {"op": "replace", "value": {"active": False}}


def test_create_answers_with_the_whole_person_and_their_address(okta: ScimClient) -> None:
    answer = okta.create(ANN, name={"givenName": "Ann", "familyName": "Lee"}, active=True)
    assert (answer.status, answer.body["userName"], answer.body["active"]) == (201, ANN, True)
    assert answer.headers["Location"] == answer.body["meta"]["location"]
    assert answer.headers["Location"].endswith(f"/api/scim/Users/{answer.body['id']}")
    assert answer.headers["ETag"] == answer.body["meta"]["version"] == 'W/"1"'


def test_who_is_created_is_pending_without_a_password(okta: ScimClient) -> None:
    answer = okta.create(ANN, password="x7Kq20pZ-long")
    user = User.objects.get(pk=answer.body["id"])
    assert (user.state, user.has_usable_password()) == ("pending", False)
    assert "x7Kq20pZ-long" not in str(answer.body)


def test_the_same_name_in_other_letters_is_taken(okta: ScimClient) -> None:
    okta.create(ANN)
    answer = okta.create(ANN.upper())
    assert (answer.status, answer.body["scimType"], answer.body["status"]) == (409, "uniqueness", "409")


def test_a_name_without_which_nobody_is_created(okta: ScimClient) -> None:
    answer = okta.ask("POST", "/Users", {"schemas": [USER]})
    assert (answer.status, answer.body["scimType"]) == (400, "invalidValue")


def test_read_by_id(okta: ScimClient, cast: Cast) -> None:
    answer = okta.get(f"/Users/{cast.bob.pk}/")
    assert (answer.status, answer.body["userName"]) == (200, "bob@acme.example")


UNKNOWN = "0c6a7e0e-5d0c-4a43-9a53-0c6f0e6a1f11"


@pytest.mark.parametrize("user_id", ["00919288221112222", "x", "é", "%00", "a%0A", "1" * 5_000, UNKNOWN])
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_an_id_that_nobody_has_is_404(okta: ScimClient, method: str, user_id: str) -> None:
    body = {"schemas": [USER], "userName": ANN, "Operations": [LEAVES]}
    answer = okta.ask(method, f"/Users/{user_id}", body)
    assert (answer.status, answer.body["schemas"], answer.body["status"]) == (404, [ERROR_SCHEMA], "404")


@pytest.mark.parametrize("spelling", [str.upper, lambda text: text.replace("-", ""), lambda text: f"{{{text}}}"])
def test_an_id_has_one_spelling(okta: ScimClient, cast: Cast, spelling: object) -> None:
    assert okta.get(f"/Users/{spelling('c' + str(cast.bob.pk)[1:])}").status == 404  # type: ignore[operator]
    assert okta.get(f"/Users/{spelling(str(cast.bob.pk)) + '-'}").status == 404  # type: ignore[operator]


def test_put_replaces_but_keeps_what_it_does_not_say_of_access(okta: ScimClient) -> None:
    user_id = okta.create(ANN, externalId="00u1", displayName="Ann", active=False).body["id"]
    answer = okta.ask("PUT", f"/Users/{user_id}", {"schemas": [USER], "userName": ANN, "title": "Dr"})
    assert (answer.status, answer.body["title"], answer.body["active"]) == (200, "Dr", False)
    assert (answer.body["externalId"], "displayName" in answer.body) == ("00u1", False)


def test_patch_deactivates_and_activates(okta: ScimClient, cast: Cast) -> None:
    answer = okta.patch(cast.petra.pk, LEAVES)
    assert (answer.status, answer.body["active"]) == (200, False)
    answer = okta.patch(cast.petra.pk, {"op": "Replace", "path": "active", "value": "True"})
    assert (answer.status, answer.body["active"]) == (200, True)


def test_a_patch_whose_last_operation_fails_changes_nothing(okta: ScimClient, cast: Cast) -> None:
    renames = {"op": "replace", "path": "displayName", "value": "Other"}
    answer = okta.patch(cast.petra.pk, renames, LEAVES, {"op": "replace", "path": "active", "value": "maybe"})
    assert (answer.status, answer.body["scimType"]) == (400, "invalidValue")
    cast.petra.refresh_from_db()
    assert (cast.petra.display_name, cast.petra.state, cast.petra.version) == ("", "pending", 1)


def test_more_operations_than_allowed_are_refused(okta: ScimClient, cast: Cast) -> None:
    answer = okta.patch(cast.petra.pk, *[{"op": "add", "path": "title", "value": "x"}] * 1_001)
    assert answer.status in (400, 413)


def test_a_rename_to_a_taken_name_is_409(okta: ScimClient, cast: Cast) -> None:
    okta.create(ANN)
    answer = okta.patch(cast.petra.pk, {"op": "replace", "path": "userName", "value": ANN})
    assert (answer.status, answer.body["scimType"]) == (409, "uniqueness")


def test_delete_leaves_nothing_to_be_found(okta: ScimClient) -> None:
    user_id = okta.create(ANN).body["id"]
    answer = okta.ask("DELETE", f"/Users/{user_id}")
    assert (answer.status, answer.body) == (204, None)
    assert okta.ask("DELETE", f"/Users/{user_id}").status == okta.get(f"/Users/{user_id}").status == 404
    assert okta.find(f'userName eq "{ANN}"').body["totalResults"] == 0
    assert okta.create(ANN).body["id"] != user_id


def test_a_deprovisioned_user_is_restored_under_the_same_id(okta: ScimClient) -> None:
    user_id = okta.create(ANN).body["id"]
    okta.patch(user_id, LEAVES)
    answer = okta.create(ANN)
    assert (answer.status, answer.body["id"], answer.body["active"]) == (201, user_id, True)


def test_the_last_admin_stays(okta: ScimClient, cast: Cast) -> None:
    for answer in (okta.patch(cast.alice.pk, LEAVES), okta.ask("DELETE", f"/Users/{cast.alice.pk}")):
        assert (answer.status, answer.body["status"]) == (403, "403")
        assert "last account admin" in answer.body["detail"]


def test_an_admins_email_stays(okta: ScimClient, cast: Cast) -> None:
    answer = okta.patch(cast.alice.pk, {"op": "replace", "path": "emails", "value": MALLORY})
    assert answer.status == 403
    cast.alice.refresh_from_db()
    assert cast.alice.email == "alice@acme.example"


def test_the_audit_log_names_the_token(okta: ScimClient) -> None:
    okta.create(ANN)
    entry = AuditEntry.objects.get(action="user.created", object_label=ANN)
    assert (entry.actor, entry.ip_address) == ("provisioning (Okta)", "127.0.0.1")


def test_me_is_the_tokens_owner(cast: Cast) -> None:
    _, text = tokens.issue_token(cast.alice, "mine", ["Manage Users"], acting=OPERATOR)
    answer = ScimClient(text).get("/Me")
    assert (answer.status, answer.body["userName"]) == (200, "alice@acme.example")
    assert answer.headers["Location"].endswith(f"/Users/{cast.alice.pk}")


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_a_service_token_is_nobody(okta: ScimClient, method: str) -> None:
    answer = okta.ask(method, "/Me", {})
    assert (answer.status, "account's own" in answer.body["detail"]) == (404, True)


def test_addresses_stay_below_the_base_the_client_knows(cast: Cast) -> None:
    answer = ScimClient(service_token(cast.acme)).get(f"/v2/Users/{cast.bob.pk}")
    assert answer.body["meta"]["location"].endswith(f"/api/scim/v2/Users/{cast.bob.pk}")
