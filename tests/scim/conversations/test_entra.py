"""Entra's conversations E1 to E9 (`protocol.md` section 3), with the bodies as Entra sends them, in both dialects."""

import pytest

from accounts.models import User
from tests.scim.provider import Provider
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
BO = "bo@acme.example"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@pytest.fixture
def entra(token: str) -> Provider:
    return Provider("entra", token)


def test_e1_a_random_name_is_nobody(entra: Provider) -> None:
    assert entra.look_up('userName eq "7c0d6b1e-2f4a-4d7e-9a53-aa00aa00aa00"') == []


def test_e1_a_filter_with_plus_for_blanks_and_flags_of_the_tenant_url_is_read(entra: Provider) -> None:
    answer = entra.ask("GET", "/Users?aadOptscim062020&filter=userName+eq+%22nobody%22")
    assert (answer.status, answer.body["totalResults"], answer.body["Resources"]) == (200, 0, [])


def test_e2_nulls_and_empty_lists_are_no_obstacle(entra: Provider) -> None:
    created = entra.ask("POST", "/Users", entra.payload("create"))
    assert created.status == 201
    assert created.body[ENTERPRISE] == {"department": "R&D", "employeeNumber": "77"}
    assert None not in created.body.values()


@pytest.mark.parametrize(
    "filter_text",
    [
        f'userName eq "{BO.upper()}"',
        'externalId eq "bo"',
        f'emails[type eq "work"].value eq "{BO}"',
        f'emails.value eq "{BO}"',
        f'userName eq "{BO}" and active eq true',
        f'urn:ietf:params:scim:schemas:core:2.0:User:userName Eq "{BO}"',
    ],
)
def test_e2_the_person_is_found_by_each_matching_attribute(entra: Provider, filter_text: str) -> None:
    entra.announce("create")
    assert [user["userName"] for user in entra.look_up(filter_text)] == [BO]


def test_e2_who_came_by_login_before_the_first_cycle_is_found(entra: Provider, cast: Cast) -> None:
    assert [user["id"] for user in entra.look_up(f'userName eq "{cast.bob.email}"')] == [str(cast.bob.id)]


@pytest.mark.parametrize(
    "changed", [{"name": None}, {"active": "True"}, {"schemas": ["urn:misspelt"]}, {"emails": None}]
)
def test_e2_odd_but_known_shapes_are_taken(entra: Provider, changed: dict) -> None:
    answer = entra.ask("POST", "/Users", entra.payload("create", **changed))
    assert (answer.status, answer.body["active"]) == (201, True)


def test_e3_a_person_is_read_before_each_update(entra: Provider) -> None:
    path = entra.announce("create")
    assert entra.ask("GET", path).body["userName"] == BO


@pytest.mark.parametrize("dialect", ["update", "update-flag"])
def test_e4_e5_an_update_in_either_dialect_says_the_same(entra: Provider, dialect: str) -> None:
    path = entra.announce("create")
    answer = entra.ask("PATCH", path, entra.payload(dialect))
    assert answer.status == 200
    assert answer.body["displayName"] == "Bo A. Ek"
    assert answer.body["name"]["givenName"] == "Bo A."
    assert answer.body["emails"] == [{"primary": True, "type": "work", "value": "bo.ek@acme.example"}]
    assert answer.body[ENTERPRISE] == {"department": "Ops", "employeeNumber": "77"}


@pytest.mark.parametrize("dialect", ["disable", "disable-flag"])
def test_e6_a_disabled_person_is_out_and_readable(entra: Provider, dialect: str) -> None:
    path = entra.announce("create")
    answer = entra.ask("PATCH", path, entra.payload(dialect))
    assert (answer.status, answer.body["active"]) == (200, False)
    assert entra.ask("GET", path).body["active"] is False
    assert User.objects.get(user_name=BO).state == "deprovisioned"


def test_e6_the_rename_of_a_soft_delete_keeps_the_name(entra: Provider) -> None:
    path = entra.announce("create")
    answer = entra.ask("PATCH", path, entra.payload("soft-delete"))
    assert (answer.status, answer.body["userName"], answer.body["active"]) == (200, BO, False)


def test_e7_a_restored_person_is_found_and_enabled_under_the_same_id(entra: Provider) -> None:
    path = entra.announce("create")
    entra.ask("PATCH", path, entra.payload("soft-delete"))
    found = entra.look_up(f'userName eq "{BO}"')
    assert [f"/Users/{user['id']}" for user in found] == [path]
    assert entra.ask("PATCH", path, entra.payload("enable")).body["active"] is True
    assert User.objects.get(user_name=BO).state == "pending"


def test_e8_a_deleted_person_is_gone_and_a_new_one_has_a_new_id(entra: Provider) -> None:
    path = entra.announce("create")
    assert [entra.ask("DELETE", path).status for _ in range(2)] == [204, 404]
    assert entra.ask("GET", path).status == 404
    assert entra.look_up(f'userName eq "{BO}"') == []
    assert entra.announce("create") != path


def test_e8_a_deleted_person_is_not_counted(entra: Provider) -> None:
    before = entra.ask("GET", "/Users?count=0").body["totalResults"]
    entra.ask("DELETE", entra.announce("create"))
    assert entra.ask("GET", "/Users?count=0").body["totalResults"] == before


@pytest.mark.parametrize("shape", ["manager-urn", "manager-list"])
def test_e9_a_manager_is_taken_in_each_form(entra: Provider, shape: str) -> None:
    path = entra.announce("create")
    answer = entra.ask("PATCH", path, entra.payload(shape))
    assert (answer.status, answer.body["userName"]) == (200, BO)


def test_e9_asking_for_a_manager_nobody_has_is_answered_with_nobody(entra: Provider) -> None:
    identity = entra.announce("create").rpartition("/")[2]
    assert entra.look_up(f'id eq "{identity}" and manager eq "7c0d6b1e-2f4a-4d7e-9a53-aa00aa00aa00"') == []


def test_a_conversation_in_the_versioned_address_names_that_address(token: str) -> None:
    versioned = Provider("entra", token, "/v2")
    path = versioned.announce("create")
    assert versioned.ask("GET", path).body["meta"]["location"].endswith(f"/api/scim/v2{path}")
