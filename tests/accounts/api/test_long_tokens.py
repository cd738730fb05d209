"""Long tokens by REST: created, listed, revoked, and never with more permissions than the caller has."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.audit.audit import OPERATOR
from accounts.models import AccountRole, ApiToken, AuditEntry, User
from accounts.tokens import tokens
from tests.accounts.api.programs import Program, logged_in, with_long_token
from tests.support.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db
TOKENS = "/api/token/longtoken"


@pytest.fixture
def alice(cast: Cast) -> Program:
    return logged_in("alice@acme.example")


@pytest.fixture
def bob(cast: Cast) -> Program:
    return logged_in("bob@acme.example")


@pytest.fixture
def charlie(cast: Cast) -> Program:
    """An admin of the other account."""
    cast.charlie.account_role.permissions = ["Manage Users"]
    cast.charlie.account_role.save()
    return logged_in("charlie@globex.example")


def made(program: Program, **wanted: Any) -> str:
    """The id of a new long token."""
    answer = program.ask("POST", TOKENS, {"name": "CI", **wanted})
    assert answer.status == 201, answer.body
    return answer.body["token_id"]


def listed(program: Program) -> list[str]:
    return [token["token_id"] for token in program.ask("GET", TOKENS).body["tokens"]]


def test_a_new_token_is_shown_once_and_works(alice: Program) -> None:
    answer = alice.ask("POST", TOKENS, {"name": "CI", "permissions": ["Manage Users"], "expires_in_days": 30})
    received = answer.body
    assert answer.status == 201
    assert received["token"].startswith(received["prefix"])
    assert (received["name"], received["permissions"]) == ("CI", ["Manage Users"])
    assert Program(received["token"]).ask("GET", "/api/me").body["permissions"] == ["Manage Users"]
    assert received["token"] not in str(alice.ask("GET", TOKENS).body)


def test_it_may_provision(alice: Program) -> None:
    assert with_long_token(alice, permissions=["Manage Users"]).status("GET", "/api/scim/Users") == 200


def test_without_permissions_it_has_none_and_without_days_a_year(alice: Program) -> None:
    received = alice.ask("POST", TOKENS, {"name": "CI"}).body
    assert received["permissions"] == []
    left = datetime.fromisoformat(received["expires_at"]) - timezone.now()
    assert timedelta(days=364) < left <= timedelta(days=365)


def test_who_made_it_is_in_the_audit_log_without_its_text(alice: Program) -> None:
    with_long_token(with_long_token(alice))
    entries = AuditEntry.objects.filter(action="token.created").order_by("at")
    assert [entry.actor for entry in entries] == ["alice@acme.example", "alice@acme.example (API token 'CI')"]
    assert {entry.ip_address for entry in entries} == {"127.0.0.1"}


def test_a_member_cannot_give_what_they_may_not_do(bob: Program) -> None:
    answer = bob.ask("POST", TOKENS, {"name": "CI", "permissions": ["Manage Users"]})
    assert (answer.status, ApiToken.objects.filter(kind="long").count()) == (403, 0)
    assert "bob@acme.example lacks Manage Users" in answer.body["detail"]


def test_a_token_cannot_give_what_it_does_not_have(alice: Program) -> None:
    program = with_long_token(alice, permissions=["Manage Spaces"])
    answer = program.ask("POST", TOKENS, {"name": "more", "permissions": ["Manage Users", "Manage Spaces"]})
    assert answer.status == 403
    assert "lacks Manage Users" in answer.body["detail"]
    assert program.status("POST", TOKENS, {"name": "as much", "permissions": ["Manage Spaces"]}) == 201


def test_a_token_cannot_give_what_its_owner_lost(cast: Cast, alice: Program) -> None:
    cast.alice.account_role = cast.bob.account_role
    cast.alice.save()
    assert alice.status("POST", TOKENS, {"name": "CI", "permissions": ["Manage Users"]}) == 403


def test_a_long_token_gives_no_later_end_than_its_own(alice: Program) -> None:
    program = with_long_token(alice, expires_in_days=1)
    ends = {token["expires_at"] for token in alice.ask("GET", TOKENS).body["tokens"]}
    for days in (None, 365):
        received = program.ask("POST", TOKENS, {"name": "longer", "expires_in_days": days} if days else {"name": "x"})
        assert {received.body["expires_at"]} == ends


def test_a_permission_that_does_not_exist_is_refused(alice: Program) -> None:
    assert alice.status("POST", TOKENS, {"name": "CI", "permissions": ["Manage Everything"]}) == 403


def test_a_session_makes_tokens_with_its_csrf_token_only(cast: Cast) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.get("/login")
    csrf = browser.cookies["csrf"].value
    browser.post("/login", {"email": "bob@acme.example", "password": PASSWORD}, headers={"X-CSRFToken": csrf})
    program = Program(client=browser)
    assert program.status("POST", TOKENS, {"name": "CI"}) == 403
    answer = program.ask("POST", TOKENS, {"name": "CI"}, **{"X-CSRFToken": browser.cookies["csrf"].value})
    assert answer.status == 201


def test_one_sees_ones_own_live_long_tokens_only(cast: Cast, alice: Program, bob: Program, charlie: Program) -> None:
    first, second, revoked = (made(alice) for _ in range(3))
    made(bob)
    made(charlie)
    alice.ask("DELETE", f"{TOKENS}/{revoked}")
    assert listed(alice) == [second, first]


def test_ones_own_token_is_revoked_at_once(bob: Program) -> None:
    program = with_long_token(bob)
    (key,) = listed(bob)
    assert bob.status("DELETE", f"{TOKENS}/{key}") == 204
    assert program.status("GET", "/api/me") == 401
    assert bob.status("DELETE", f"{TOKENS}/{key}") == 404


def test_somebody_elses_token_is_not_there(alice: Program, bob: Program) -> None:
    key = made(alice)
    missing = bob.ask("DELETE", f"{TOKENS}/{uuid4()}")
    assert bob.ask("DELETE", f"{TOKENS}/{key}").body == missing.body
    assert (missing.status, listed(alice)) == (404, [key])


def test_a_token_of_another_account_is_not_there_for_its_admin(alice: Program, charlie: Program) -> None:
    key = made(alice)
    assert charlie.status("DELETE", f"{TOKENS}/{key}") == 404
    assert listed(alice) == [key]


def test_who_may_manage_users_revokes_any_of_the_account(cast: Cast, alice: Program, bob: Program) -> None:
    service, _ = tokens.issue_service_token(cast.acme, "Okta", [], acting=OPERATOR)
    keys = [made(bob), str(service.pk)]
    assert [alice.status("DELETE", f"{TOKENS}/{key}") for key in keys] == [204, 204]
    assert tokens.live_tokens(cast.acme) == []


def test_an_admins_token_without_manage_users_revokes_only_their_own(alice: Program, bob: Program) -> None:
    program = with_long_token(alice, permissions=["Manage Spaces"])
    assert program.status("DELETE", f"{TOKENS}/{made(bob)}") == 404
    assert program.status("DELETE", f"{TOKENS}/{made(alice)}") == 204


def test_the_text_of_a_token_is_enough_to_end_it(cast: Cast, alice: Program) -> None:
    service = Program(tokens.issue_service_token(cast.acme, "Okta", ["Manage Users"], acting=OPERATOR)[1])
    for program in (with_long_token(alice), service, alice):
        assert Program().ask("POST", "/api/token/revoke", {"token": program.token}).status == 200
        assert program.status("GET", "/api/me") == 401
    assert AuditEntry.objects.filter(action="token.revoked", actor="holder of the token").count() == 3


@pytest.mark.parametrize("text", ["nonsense", "tsso_" + "a" * 40, "tsso_é", "tsso_"])
def test_ending_what_is_no_token_is_answered_alike(cast: Cast, text: str) -> None:
    answer = Program().ask("POST", "/api/token/revoke", {"token": text})
    assert (answer.status, answer.body) == (200, {})


def test_ending_a_token_twice_is_one_entry(bob: Program) -> None:
    for _ in range(2):
        assert Program().status("POST", "/api/token/revoke", {"token": bob.token}) == 200
    assert AuditEntry.objects.filter(action="token.revoked").count() == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_strangers_are_asked_to_log_in(cast: Cast, method: str) -> None:
    answer = Program().ask(method, TOKENS, {"name": "CI"})
    assert answer.status == 401
    assert "/api/accounts/login" in answer.body["detail"]


def test_a_list_takes_the_same_queries_however_long_it_is(alice: Program) -> None:
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            alice.ask("GET", TOKENS)
        counts.append(len(queries))
        [made(alice) for _ in range(5)]
    assert counts[1] <= counts[0]


@pytest.fixture
def helpdesk(cast: Cast) -> Program:
    """Bob's program. He may manage users, and nothing else."""
    role = AccountRole.objects.create(account=cast.acme, name="Helpdesk", permissions=["Manage Users"])
    User.objects.filter(pk=cast.bob.pk).update(account_role=role)
    return logged_in("bob@acme.example")


def test_who_manages_users_revokes_no_token_that_has_more(cast: Cast, alice: Program, helpdesk: Program) -> None:
    wide, _ = tokens.issue_service_token(cast.acme, "Okta", ["Manage Spaces"], acting=OPERATOR)
    for key in (str(wide.pk), made(alice), made(alice, permissions=["Manage Spaces"])):
        answer = helpdesk.ask("DELETE", f"{TOKENS}/{key}")
        assert answer.status == 403
        assert "which you do not have" in answer.body["detail"]
    assert not ApiToken.objects.filter(revoked_at__isnull=False).exists()


def test_a_token_revokes_no_token_of_its_owner_that_has_more(alice: Program) -> None:
    narrow = with_long_token(alice, permissions=["Manage Users"])
    wide = made(alice, permissions=["Manage Users", "Manage Spaces"])
    assert narrow.status("DELETE", f"{TOKENS}/{wide}") == 403
    assert alice.status("DELETE", f"{TOKENS}/{wide}") == 204


def test_revoking_a_token_ends_what_was_made_with_it(alice: Program) -> None:
    first = with_long_token(alice)
    second = with_long_token(first)
    third = with_long_token(second)
    (key,) = ApiToken.objects.filter(made_by__kind="short").values_list("pk", flat=True)
    assert alice.status("DELETE", f"{TOKENS}/{key}") == 204
    assert [program.status("GET", "/api/me") for program in (first, second, third, alice)] == [401, 401, 401, 200]


def test_ending_a_token_by_its_text_ends_what_was_made_with_it(alice: Program) -> None:
    program = with_long_token(with_long_token(alice))
    assert Program().status("POST", "/api/token/revoke", {"token": alice.token}) == 200
    assert program.status("GET", "/api/me") == 401


def test_a_list_tells_what_made_each_token(alice: Program) -> None:
    made(with_long_token(alice))
    second, first = alice.ask("GET", TOKENS).body["tokens"]
    assert second["made_by"] == first["token_id"]
    assert first["made_by"] == str(ApiToken.objects.get(kind="short").pk)
