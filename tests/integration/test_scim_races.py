"""Provisioning at the same instant as itself or as a login: PostgreSQL decides, nothing is lost, nothing breaks."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.audit.audit import OPERATOR
from accounts.models import Account, AuditEntry, ExternalIdentity, User
from accounts.sso.login.complete import complete_login
from accounts.sso.refusal import LoginRefused
from accounts.tokens import tokens
from tests.integration.test_races import at_once
from tests.support.cast import Cast
from tests.support.factories import claims, saml_connection

pytestmark = pytest.mark.django_db(transaction=True)
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ROUNDS = 1000

Ask = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def ask(cast: Cast) -> Ask:
    token = tokens.issue_service_token(cast.acme, "races", ["Manage Users"], acting=OPERATOR)[1]

    def send(method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        sent = json.dumps(body).encode() if body is not None else b""
        headers = {"Authorization": f"Bearer {token}"}
        answer = Client().generic(method, f"/api/scim{path}", sent, "application/scim+json", headers=headers)
        return answer.status_code, json.loads(answer.content) if answer.content else {}

    return send


def person(user_name: str, **more: Any) -> dict[str, Any]:
    emails = [{"primary": True, "type": "work", "value": user_name}]
    return {"userName": user_name, "emails": emails, "displayName": "As it was", **more}


def patch(**values: Any) -> dict[str, Any]:
    operations = [{"op": "replace", "path": path, "value": value} for path, value in values.items()]
    return {"schemas": [PATCH], "Operations": operations}


def made(ask: Ask, user_name: str = "dana@acme.example") -> str:
    status, user = ask("POST", "/Users", person(user_name))
    assert status == 201
    return f"/Users/{user['id']}"


def mixed_case(text: str, number: int) -> str:
    """Another spelling for each number up to 2 ** len(text)."""
    return "".join(letter.upper() if number >> place & 1 else letter for place, letter in enumerate(text))


def test_of_twenty_creates_of_one_name_one_wins(ask: Ask) -> None:
    names = {mixed_case("danadiaz@acme.example", number) for number in range(20)}
    done = at_once(*(lambda name=name: ask("POST", "/Users", person(name)) for name in names))
    assert Counter(status for status, _ in done) == {201: 1, 409: 19}
    assert User.objects.filter(user_name_key="danadiaz@acme.example").count() == 1


def test_the_losers_of_a_race_read_what_is_taken(ask: Ask) -> None:
    done = at_once(*[lambda: ask("POST", "/Users", person("dana@acme.example"))] * 4)
    errors = [body for status, body in done if status == 409]
    assert {error["scimType"] for error in errors} == {"uniqueness"}
    assert all("dana@acme.example" in error["detail"] for error in errors)


def test_failed_creates_leave_no_hole_in_the_count(ask: Ask, cast: Cast) -> None:
    at_once(*[lambda: ask("POST", "/Users", person("dana@acme.example"))] * 8)
    account = Account.objects.get(pk=cast.acme.pk)
    assert account.user_count == User.objects.in_account(account).filter(erased_at=None).count() == 4
    assert ask("GET", "/Users?count=1")[1]["totalResults"] == 4


def test_creates_of_different_people_all_succeed(ask: Ask) -> None:
    done = at_once(*(lambda n=n: ask("POST", "/Users", person(f"p{n}@acme.example")) for n in range(16)))
    assert [status for status, _ in done] == [201] * 16
    numbers = list(User.objects.filter(origin="scim", user_name__startswith="p").values_list("number", flat=True))
    assert len(set(numbers)) == len(numbers)


def test_parallel_patches_of_one_person_lose_no_update(ask: Ask) -> None:
    path = made(ask)
    attributes = ["displayName", "title", "locale", "name.givenName", "name.familyName", "preferredLanguage"]
    changes = [lambda name=name: ask("PATCH", path, patch(**{name: f"new {name}"})) for name in attributes]
    assert [status for status, _ in at_once(*changes)] == [200] * len(attributes)
    _, user = ask("GET", path)
    assert [user["displayName"], user["title"], user["locale"], user["preferredLanguage"]] == [
        "new displayName", "new title", "new locale", "new preferredLanguage"
    ]  # fmt: skip
    assert (user["name"]["givenName"], user["name"]["familyName"]) == ("new name.givenName", "new name.familyName")


def test_each_of_parallel_changes_is_a_version_and_an_audit_entry(ask: Ask) -> None:
    path = made(ask)
    at_once(*(lambda n=n: ask("PATCH", path, patch(displayName=f"Name {n}")) for n in range(8)))
    user = User.objects.get(user_name="dana@acme.example")
    assert user.version == 9
    assert AuditEntry.objects.filter(object_id=user.pk, action="user.updated").count() == 8


def test_a_put_beside_a_patch_loses_neither_the_external_id_nor_the_deactivation(ask: Ask) -> None:
    for number in range(10):
        name = f"p{number}@acme.example"
        path = made(ask, name)
        at_once(
            lambda path=path: ask("PATCH", path, patch(active=False)),
            lambda path=path, number=number: ask("PATCH", path, patch(externalId=f"00u{number}")),
            lambda path=path, name=name: ask("PUT", path, person(name, displayName="Put")),
        )
        _, user = ask("GET", path)
        assert (user["active"], user["externalId"], user["displayName"]) == (False, f"00u{number}", "Put")


def test_of_two_changes_of_the_same_version_one_is_refused(ask: Ask, cast: Cast) -> None:
    path = made(ask)
    token = tokens.issue_service_token(cast.acme, "second", ["Manage Users"], acting=OPERATOR)[1]
    version = ask("GET", path)[1]["meta"]["version"]

    def change(name: str) -> int:
        headers = {"Authorization": token, "If-Match": version}
        body = json.dumps(patch(displayName=name)).encode()
        return Client().generic("PATCH", f"/api/scim{path}", body, "application/json", headers=headers).status_code

    assert sorted(at_once(lambda: change("A"), lambda: change("B"))) == [200, 412]


def test_a_patch_whose_last_operation_fails_changes_nothing(ask: Ask) -> None:
    path = made(ask)
    before = ask("GET", path)
    status, error = ask("PATCH", path, patch(displayName="New", title="New", active="maybe"))
    assert (status, error["scimType"]) == (400, "invalidValue")
    assert ask("GET", path) == before


def test_a_patch_that_takes_anothers_name_changes_nothing(ask: Ask) -> None:
    path, _ = made(ask), made(ask, "eve@acme.example")
    before = ask("GET", path)
    status, error = ask("PATCH", path, patch(displayName="New", userName="EVE@acme.example"))
    assert (status, error["scimType"]) == (409, "uniqueness")
    assert ask("GET", path) == before


def test_a_delete_beside_changes_ends_in_a_person_who_is_gone(ask: Ask) -> None:
    for number in range(10):
        path = made(ask, f"p{number}@acme.example")
        done = at_once(
            lambda path=path: ask("DELETE", path),
            lambda path=path: ask("DELETE", path),
            lambda path=path: ask("PATCH", path, patch(active=True)),
            lambda path=path: ask("PUT", path, person("other@acme.example")),
        )
        assert sorted(status for status, _ in done[:2]) == [204, 404]
        assert {status for status, _ in done[2:]} <= {200, 404}
        assert ask("GET", path)[0] == 404


def test_a_delete_beside_a_new_hire_of_the_same_name_ends_in_a_consistent_count(ask: Ask, cast: Cast) -> None:
    for number in range(10):
        name = f"p{number}@acme.example"
        path = made(ask, name)
        deleted, created = at_once(
            lambda path=path: ask("DELETE", path)[0], lambda name=name: ask("POST", "/Users", person(name))[0]
        )
        assert (deleted, created) in {(204, 201), (204, 409)}
    present = User.objects.in_account(cast.acme).filter(erased_at=None).count()
    assert Account.objects.get(pk=cast.acme.pk).user_count == present


def test_a_first_login_and_a_create_at_the_same_instant_make_one_user_with_one_identity(ask: Ask, cast: Cast) -> None:
    okta = saml_connection(cast.acme)
    for number in range(ROUNDS):
        email = f"p{number}@acme.example"
        login = claims(okta, subject=f"s{number}", email=email)
        came_in, (status, _) = at_once(
            lambda login=login: complete_login(login, okta),
            lambda email=email: ask("POST", "/Users", person(email)),
        )
        assert status in (201, 409)
        assert not isinstance(came_in, LoginRefused)
    people = User.objects.filter(email_key__regex=r"^p\d+@").values_list("state", flat=True)
    assert Counter(people) == {"active": ROUNDS}
    assert ExternalIdentity.objects.count() == ROUNDS
