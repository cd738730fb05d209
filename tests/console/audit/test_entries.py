"""The page of the audit log: who did what, in words, page by page without counting."""

import re
from typing import Any, cast

import pytest
from django.http import StreamingHttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.audit import audit
from accounts.audit import chain as audit_chain
from accounts.audit.audit import OPERATOR, Actor
from accounts.deprovisioning import end_access
from accounts.groups import members as group_members
from accounts.models import Account, AuditEntry, Group, User
from accounts.permissions import Permission
from accounts.users import users
from console.audit import entries as audit_log
from tests.support.cast import PASSWORD, Cast
from tests.support.commands import run

pytestmark = pytest.mark.django_db
ROBOT = Actor("robot", ip_address="192.0.2.7", request_id="req-1")


def entries(cast: Cast, count: int) -> None:
    for number in range(count):
        audit.record(ROBOT, "user.updated", cast.bob, {"first_name": ["", f"Bob {number}"]}, label=f"bob{number}")


def shown(page: Any) -> list[str]:
    return re.findall(r"Updated (bob\d+)</strong>", page.content.decode())


def way(page: Any, rel: str) -> str:
    match = re.search(rf'rel="{rel}" href="([^"]+)"', page.content.decode())
    return match[1].replace("&amp;", "&") if match else ""


def test_it_says_who_did_what_and_what_was_before(as_alice_of: Client, cast: Cast) -> None:
    end_access.deprovision(cast.bob.pk, cast.acme, acting=ROBOT)
    page = as_alice_of.get("/audit?action=user.deprovisioned")
    assertContains(page, "Deprovisioned bob@acme.example")
    assertContains(page, "<del>active</del> → deprovisioned")
    for detail in ("by robot", "192.0.2.7", "req-1", "not sealed yet"):
        assertContains(page, detail)
    assertNotContains(as_alice_of.get("/audit"), "charlie")


def test_an_action_without_a_sentence_is_shown_by_its_name(as_alice_of: Client, cast: Cast) -> None:
    audit.record(OPERATOR, "moon.landed-on", cast.bob)
    assertContains(as_alice_of.get("/audit"), "Moon landed on: bob@acme.example")


def test_two_groups_that_a_login_joined_are_shown_side_by_side(as_alice_of: Client, cast: Cast) -> None:
    audit.record(ROBOT, "user.groups-synced", cast.bob, {"joined": ["Developers", "Testers"], "left": []})
    for path in ("/audit?action=user.groups-synced", f"/users/{cast.bob.pk}"):
        page = as_alice_of.get(path)
        assertContains(page, "joined: Developers, Testers")
        assertNotContains(page, "<del>Developers</del>")


def test_it_turns_pages_both_ways(as_alice_of: Client, cast: Cast) -> None:
    entries(cast, 120)
    first = as_alice_of.get("/audit?actor=robot")
    second = as_alice_of.get(f"/audit{way(first, 'next')}")
    third = as_alice_of.get(f"/audit{way(second, 'next')}")
    seen = shown(first) + shown(second) + shown(third)
    assert seen == [f"bob{number}" for number in reversed(range(120))]
    assert way(third, "next") == ""
    assert shown(as_alice_of.get(f"/audit{way(third, 'prev')}")) == shown(second)
    back = as_alice_of.get(f"/audit{way(second, 'prev')}")
    assert (shown(back), way(back, "prev")) == (shown(first), "")


def test_entries_of_the_same_time_are_neither_lost_nor_shown_twice(
    as_alice_of: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    with monkeypatch.context() as stopped:
        stopped.setattr("django.utils.timezone.now", lambda: now)
        entries(cast, 70)
    first = as_alice_of.get("/audit?actor=robot")
    rest = as_alice_of.get(f"/audit{way(first, 'next')}")
    assert (len(shown(first)), len(shown(rest))) == (50, 20)
    assert len({*shown(first), *shown(rest)}) == 70


def test_a_search_ends_somewhere_and_can_be_gone_on_with(
    as_alice_of: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_log, "SEARCHED", 20)
    entries(cast, 50)
    page, found, rounds = as_alice_of.get("/audit?object=bob7"), [], 0
    while not found:
        assertContains(page, "Search further back")
        page, rounds = as_alice_of.get(f"/audit{way(page, 'next')}"), rounds + 1
        found = shown(page)
    assert (found, rounds) == (["bob7"], 2)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("object=BOB1", 1),
        ("actor=ROBOT", 2),
        ("action=user.updated", 2),
        ("action=nonsense", 0),
        ("since=2020-01-01", 2),
        ("since=2099-01-01", 0),
        ("until=2020-01-01", 0),
        ("until=0001-01-01", 0),
        ("since=nonsense", 0),
        ("before=nonsense&object=%00", 2),
        (f"before={10**16 - 1}-{'f' * 32}", 2),
        (f"after={0}-{'0' * 32}", 2),
    ],
)
def test_filters_find(as_alice_of: Client, cast: Cast, query: str, found: int) -> None:
    entries(cast, 2)
    assert len(shown(as_alice_of.get(f"/audit?{query}"))) == found


def test_a_day_is_that_of_the_reader(as_alice_of: Client, cast: Cast) -> None:
    cast.alice.timezone = "Pacific/Auckland"
    cast.alice.save()
    page = as_alice_of.get("/audit?since=2026-03-02&until=2026-03-02")
    assertContains(page, "export.csv?since=2026-03-01T11%3A00%3A00%2B00%3A00&amp;until=2026-03-02T11%3A00%3A00")


def test_it_asks_the_database_as_often_for_many(
    as_alice_of: Client, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    entries(cast, 60)
    audit_chain.seal(cast.acme.pk)
    with django_assert_max_num_queries(9):
        assert len(shown(as_alice_of.get("/audit?actor=robot"))) == 50


def test_it_tells_how_the_chain_stands(as_alice_of: Client, cast: Cast) -> None:
    assertContains(as_alice_of.get("/audit"), "not yet")
    audit_chain.seal()
    assert run("verify_audit_log")["findings"] == []
    page = as_alice_of.get("/audit")
    assertContains(page, 'badge-good">intact')
    assertContains(page, "number 1 of the chain")


def test_a_member_is_refused_and_an_anonymous_user_has_to_sign_in(cast: Cast) -> None:
    member = Client()
    member.force_login(cast.bob)
    assert member.get("/audit").status_code == 403
    assertRedirects(Client().get("/audit"), "/login?next=/audit")


PATHS = ["/audit/export.csv", "/audit/export.jsonl"]


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
