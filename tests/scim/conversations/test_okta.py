"""Okta's conversations O1 to O9 (`protocol.md` section 2), with the bodies as Okta sends them."""

import pytest

from accounts.models import User
from tests.scim.provider import Provider
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
ANN = "ann@acme.example"


@pytest.fixture
def okta(token: str) -> Provider:
    return Provider("okta", token)


@pytest.mark.parametrize("path", ["/Users?startIndex=1&count=2", "/Groups?startIndex=1&count=100"])
def test_o1_the_connection_test_gets_lists(okta: Provider, path: str) -> None:
    answer = okta.ask("GET", path)
    assert answer.status == 200
    assert answer.body["schemas"] == [LIST]
    assert answer.headers["Content-Type"].startswith("application/scim+json")


def test_o2_nobody_is_found_then_the_person_is_created(okta: Provider) -> None:
    assert okta.look_up(f'userName eq "{ANN}"') == []
    created = okta.ask("POST", "/Users", okta.payload("create"))
    assert created.status == 201
    assert created.headers["Location"].endswith(f"/api/scim/Users/{created.body['id']}")
    assert okta.look_up(f'userName eq "{ANN}"') == [created.body]
    assert okta.ask("GET", f"/Users/{created.body['id']}").body == created.body


def test_o2_the_answer_holds_what_was_sent(okta: Provider) -> None:
    sent = okta.payload("create")
    user = okta.ask("POST", "/Users", sent).body
    for name in ("userName", "displayName", "externalId", "active", "emails", "locale"):
        assert user[name] == sent[name]
    assert user["name"] == {**sent["name"], "formatted": "Ann Lee"}
    assert "password" not in user


def test_o2_a_created_person_is_pending_and_has_no_password(okta: Provider) -> None:
    okta.announce("create")
    user = User.objects.get(user_name=ANN)
    assert (user.state, user.has_usable_password()) == ("pending", False)
    assert not user.check_password(okta.payload("create")["password"])


def test_o3_who_is_there_already_is_a_conflict(okta: Provider) -> None:
    okta.announce("create")
    for user_name in (ANN, ANN.upper()):
        answer = okta.ask("POST", "/Users", okta.payload("create", userName=user_name))
        assert (answer.status, answer.body["scimType"], answer.body["status"]) == (409, "uniqueness", "409")


def test_o3_who_is_hired_again_gets_the_same_record_back(okta: Provider) -> None:
    path = okta.announce("create")
    okta.ask("PATCH", path, okta.payload("deactivate-patch"))
    again = okta.ask("POST", "/Users", okta.payload("create"))
    assert (again.status, f"/Users/{again.body['id']}", again.body["active"]) == (201, path, True)
    assert User.objects.get(user_name=ANN).state == "pending"


def test_o4_a_profile_push_without_external_id_keeps_it(okta: Provider) -> None:
    path = okta.announce("create")
    pushed = okta.ask("PUT", path, okta.payload("profile-push"))
    assert pushed.status == 200
    assert pushed.body["externalId"] == okta.payload("create")["externalId"]
    assert pushed.body["name"]["middleName"] == "Q"
    assert okta.ask("GET", path).body == pushed.body


def test_o4_what_was_read_can_be_put_back(okta: Provider) -> None:
    path = okta.announce("create")
    read = okta.ask("GET", path).body
    assert okta.ask("PUT", path, read).body == read


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_o4_a_person_who_is_not_there_is_404(okta: Provider, method: str) -> None:
    answer = okta.ask(method, "/Users/00919288221112222", okta.payload("profile-push") if method == "PUT" else None)
    assert (answer.status, answer.body["status"]) == (404, "404")


def test_o5_a_wizard_app_deactivates_by_put(okta: Provider) -> None:
    path = okta.announce("create")
    answer = okta.ask("PUT", path, {**okta.ask("GET", path).body, "active": False})
    assert (answer.status, answer.body["active"]) == (200, False)
    assert User.objects.get(user_name=ANN).state == "deprovisioned"


def test_o5_a_catalogue_app_deactivates_by_patch_as_often_as_it_likes(okta: Provider) -> None:
    path = okta.announce("create")
    for _ in range(2):
        answer = okta.ask("PATCH", path, okta.payload("deactivate-patch"))
        assert (answer.status, answer.body["active"]) == (200, False)


def test_o5_who_is_deactivated_can_still_be_read(okta: Provider) -> None:
    path = okta.announce("create")
    okta.ask("PATCH", path, okta.payload("deactivate-patch"))
    assert okta.ask("GET", path).body["active"] is False
    assert [user["active"] for user in okta.look_up(f'userName eq "{ANN}"')] == [False]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_o6_who_is_reactivated_is_the_same_pending_person(okta: Provider, method: str) -> None:
    path = okta.announce("create")
    gone = okta.ask("PATCH", path, okta.payload("deactivate-patch")).body
    body = {**gone, "active": True} if method == "PUT" else okta.payload("reactivate-patch")
    answer = okta.ask(method, path, body)
    assert (answer.status, answer.body["active"], answer.body["id"]) == (200, True, gone["id"])
    assert User.objects.get(user_name=ANN).state == "pending"


def test_o6_a_profile_push_without_active_does_not_reactivate(okta: Provider) -> None:
    path = okta.announce("create")
    okta.ask("PATCH", path, okta.payload("deactivate-patch"))
    push = okta.payload("profile-push")
    del push["active"]
    assert okta.ask("PUT", path, push).body["active"] is False


def test_o7_an_import_reads_everybody_once(okta: Provider) -> None:
    for number in range(25):
        okta.announce("create", userName=f"p{number}@acme.example", externalId=f"00u{number}", emails=[])
    seen, start, total = [], 1, 1
    while start <= total:
        page = okta.ask("GET", f"/Users?startIndex={start}&count=10").body
        seen += [user["userName"] for user in page["Resources"]]
        start, total = start + page["itemsPerPage"], page["totalResults"]
    assert len(seen) == len(set(seen)) == total == 25 + 3


def test_o8_groups_are_listed_as_none_and_refused_in_words(okta: Provider) -> None:
    assert okta.ask("GET", "/Groups?startIndex=1&count=100").body["Resources"] == []
    answer = okta.ask("POST", "/Groups", okta.payload("group-push"))
    assert (answer.status, answer.body["schemas"]) == (501, [ERROR])


def test_o9_the_first_person_is_complete(okta: Provider, cast: Cast) -> None:
    first = okta.ask("GET", "/Users?count=1&startIndex=1").body["Resources"][0]
    assert first["userName"] == first["emails"][0]["value"] == cast.alice.email
    assert first["id"] == str(cast.alice.id)
    assert first["active"] is True
    assert first["name"]["givenName"]
    assert first["name"]["familyName"]


def test_o9_a_wrong_token_is_shown_so(okta: Provider) -> None:
    answer = okta.ask("GET", "/Users?count=1&startIndex=1", Authorization="non-token")
    assert (answer.status, answer.body["status"], answer.body["schemas"]) == (401, "401", [ERROR])
    assert answer.body["detail"]
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_o9_an_unknown_id_is_shown_so(okta: Provider) -> None:
    answer = okta.ask("GET", "/Users/00919288221112222")
    assert (answer.status, answer.body["status"], answer.body["schemas"]) == (404, "404", [ERROR])
    assert answer.body["detail"]


def test_o9_names_are_found_in_capitals(okta: Provider) -> None:
    okta.announce("create")
    assert [user["userName"] for user in okta.look_up(f'userName eq "{ANN.upper()}"')] == [ANN]
