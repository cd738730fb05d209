"""The audit log as a file from the browser: for who may see it, of their own account."""

from typing import cast

import pytest
from django.http import StreamingHttpResponse
from django.test import Client

from accounts.audit.audit import OPERATOR
from accounts.groups import members as group_members
from accounts.models import Account, AuditEntry, Group, User
from accounts.permissions import Permission
from accounts.users import users
from tests.support.cast import PASSWORD

PATHS = ["/audit/export.csv", "/audit/export.jsonl"]
pytestmark = pytest.mark.django_db


def browser_of(user: User) -> Client:
    browser = Client()
    browser.force_login(user, "accounts.authentication.AccountBackend")
    return browser


def body(browser: Client, path: str) -> str:
    response = cast(StreamingHttpResponse, browser.get(path))
    assert response.status_code == 200
    return b"".join(cast("list[bytes]", response.streaming_content)).decode()


@pytest.mark.parametrize("path", PATHS)
def test_an_admin_gets_a_file(as_alice: Client, path: str) -> None:
    response = as_alice.get(path)
    assert "attachment; filename=" in response.headers["Content-Disposition"]
    assert response.headers["Cache-Control"] == "no-store"
    assert "alice@acme.example" in body(as_alice, path)


@pytest.mark.parametrize("path", PATHS)
def test_a_stranger_is_sent_to_sign_in(path: str, db: None) -> None:
    response = Client().get(path)
    assert (response.status_code, response.headers["Location"]) == (302, f"/login?next={path}")


@pytest.mark.parametrize("path", PATHS)
def test_a_member_may_not(bob: User, path: str) -> None:
    assert browser_of(bob).get(path).status_code == 403
    assert not AuditEntry.objects.filter(action="audit.exported").exists()


@pytest.mark.parametrize("path", PATHS)
def test_nothing_of_another_account_is_in_it(as_alice: Client, globex: Account, path: str) -> None:
    users.create_password_user(globex, "charlie@globex.example", PASSWORD, acting=OPERATOR)
    text = body(as_alice, f"{path}?account={globex.id}")
    assert "alice@acme.example" in text
    assert "charlie" not in text


def test_the_permission_of_a_group_is_enough(acme: Account, bob: User) -> None:
    role = users.role_named(acme, "Account Member")
    role = type(role).objects.create(account=acme, name="Auditor", permissions=[Permission.VIEW_AUDIT_LOG])
    auditors = Group.objects.create(account=acme, name="Auditors", account_role=role)
    group_members.add_member(auditors, bob, acting=OPERATOR)
    assert "bob@acme.example" in body(browser_of(bob), PATHS[0])


def test_the_download_is_audited(as_alice: Client, acme: Account) -> None:
    body(as_alice, PATHS[0])
    entry = AuditEntry.objects.in_account(acme).get(action="audit.exported")
    assert (entry.actor, entry.ip_address) == ("alice@acme.example", "127.0.0.1")
    assert entry.request_id != ""


@pytest.mark.parametrize("method", ["post", "put", "delete", "head"])
def test_it_refuses_other_methods(as_alice: Client, method: str) -> None:
    assert getattr(as_alice, method)(PATHS[0]).status_code == 405


def test_a_time_that_is_none_is_refused_in_a_sentence(as_alice: Client) -> None:
    response = as_alice.get(f"{PATHS[0]}?since=yesterday")
    assert response.status_code == 400
    assert "Expected a time" in response.content.decode()


def test_a_time_leaves_out_the_rest(as_alice: Client) -> None:
    assert len(body(as_alice, f"{PATHS[0]}?until=2020-01-01").splitlines()) == 1
