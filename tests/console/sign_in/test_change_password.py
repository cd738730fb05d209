"""Changing one's own password on the profile."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.audit.audit import OPERATOR
from accounts.models import ApiToken, AuditEntry, User
from accounts.tokens import tokens
from tests.support.cast import PASSWORD

NEW = "a sentence nobody else has"
ADDRESS = "/profile/password"


@pytest.fixture
def token(alice: User) -> ApiToken:
    return tokens.issue_token(alice, "CI", [], acting=OPERATOR)[0]


def change(browser: Client, **more: str) -> Any:
    fields = {"current_password": PASSWORD, "new_password": NEW, "repeat_password": NEW}
    return browser.post(ADDRESS, {**fields, **more})


def logs_in_with(password: str) -> bool:
    return Client().post("/login", {"email": "alice@acme.example", "password": password}).status_code == 302


def test_it_sets_the_password_and_ends_every_session(as_alice: Client) -> None:
    other = Client()
    other.post("/login", {"email": "alice@acme.example", "password": PASSWORD})
    assertRedirects(change(as_alice), "/login")
    assert [browser.get("/profile").status_code for browser in (as_alice, other)] == [302, 302]
    assert (logs_in_with(NEW), logs_in_with(PASSWORD)) == (True, False)


def test_it_ends_short_tokens_and_leaves_long_ones(as_alice: Client, alice: User, token: ApiToken) -> None:
    tokens.issue_short_token(alice)
    tokens.issue_short_token(alice)
    change(as_alice)
    assert ApiToken.objects.filter(kind="short", revoked_at=None).count() == 0
    assert tokens.live_tokens(alice.account) == [token]


def test_the_box_ends_api_tokens_too_and_the_audit_log_says_so(as_alice: Client, alice: User, token: ApiToken) -> None:
    page = as_alice.get(ADDRESS)
    assertContains(page, '<label for="id_end_tokens">Also revoke all my API tokens</label>')
    assertNotContains(page, "checked")
    change(as_alice, end_tokens="on")
    assert tokens.live_tokens(alice.account) == []
    assert AuditEntry.objects.get(action="user.password-set").changes == {"api_tokens": [1, 0]}
    assert AuditEntry.objects.get(action="token.revoked").actor == "alice@acme.example"


def test_who_has_no_token_is_not_asked(as_alice: Client) -> None:
    assertNotContains(as_alice.get(ADDRESS), "end_tokens")


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"current_password": "wrong"}, "Incorrect current password"),
        ({"current_password": ""}, "This field is required"),
        ({"repeat_password": "something else here"}, "The passwords do not match"),
        ({"new_password": "short", "repeat_password": "short"}, "too short"),
    ],
)
def test_a_wrong_form_changes_nothing(as_alice: Client, token: ApiToken, wrong: dict[str, str], expected: str) -> None:
    page = change(as_alice, end_tokens="on", **wrong)
    assertContains(page, expected)
    assertContains(page, 'aria-invalid="true"')
    assert logs_in_with(PASSWORD)
    assert tokens.live_tokens(token.account) == [token]


def test_tries_are_counted_with_those_at_the_sign_in_page(as_alice: Client) -> None:
    answers = [change(as_alice, current_password="wrong").status_code for _ in range(10)]
    assert answers == [200] * 9 + [429]
    assert not logs_in_with(PASSWORD)


def test_who_has_no_password_here_has_no_such_page(as_alice: Client, alice: User) -> None:
    assertContains(as_alice.get("/profile"), ADDRESS)
    User.objects.filter(pk=alice.pk).update(origin="sso")
    assertNotContains(as_alice.get("/profile"), ADDRESS)
    assert as_alice.get(ADDRESS).status_code == 404


def test_it_asks_anonymous_users_to_sign_in(client: Client, db: None) -> None:
    assertRedirects(client.get(ADDRESS), f"/login?next={ADDRESS}")
