"""The one-time link with which a person sets their password (R11)."""

import json
from datetime import datetime, timedelta
from io import StringIO
from typing import Any
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.audit.audit import OPERATOR
from accounts.models import ApiToken, AuditEntry, User
from accounts.models.user import UserState
from accounts.passwords.links import ends_tokens, set_password_by_link, set_password_url
from accounts.tokens import tokens
from tests.support.cast import Cast

NEW = "a sentence nobody else has"


@pytest.fixture
def link(alice: User) -> str:
    return set_password_url(alice).removeprefix("http://localhost:8000")


def save(client: Client, link: str, first: str = NEW, second: str = NEW) -> object:
    return client.post(link, {"new_password": first, "repeat_password": second})


def test_it_sets_the_password(client: Client, link: str) -> None:
    assertRedirects(save(client, link), "/login")
    assertRedirects(client.post("/login", {"email": "alice@acme.example", "password": NEW}), "/")


def test_it_is_written_in_the_audit_log(client: Client, link: str) -> None:
    save(client, link)
    assert AuditEntry.objects.filter(action="user.password-set", actor="alice@acme.example").count() == 1


def test_it_works_once(client: Client, link: str) -> None:
    save(client, link)
    assertContains(save(client, link, "another long sentence", "another long sentence"), "no longer", status_code=404)


def test_two_uses_at_once_are_one_use(alice: User, link: str) -> None:
    token = link.rpartition("/")[2]
    assert [set_password_by_link(alice.id, token, NEW) for _ in range(2)] == [True, False]


def test_it_ends_every_session_of_the_person(client: Client, as_alice: Client, alice: User) -> None:
    save(client, set_password_url(alice))
    assertRedirects(as_alice.get("/"), "/login?next=/")


@pytest.mark.parametrize(
    "change",
    [{"state": UserState.DEPROVISIONED}, {"email": "eve@acme.example"}, {"session_epoch": 1}, {"origin": "sso"}],
)
def test_it_dies_when_the_person_changes(client: Client, alice: User, link: str, change: dict[str, object]) -> None:
    User.objects.filter(pk=alice.pk).update(**change)
    assertContains(client.get(link), "This link no longer works", status_code=404)


def test_it_dies_after_an_hour(client: Client, link: str) -> None:
    later = datetime.now() + timedelta(hours=1, seconds=5)
    with patch("django.contrib.auth.tokens.PasswordResetTokenGenerator._now", return_value=later):
        assert client.get(link).status_code == 404


def test_it_is_the_link_of_one_person(client: Client, alice: User, bob: User, link: str) -> None:
    assert client.get(link.replace(str(alice.id), str(bob.id))).status_code == 404


@pytest.mark.parametrize(("first", "second"), [(NEW, "something else here"), ("short", "short"), ("", "")])
def test_a_bad_password_is_a_field_error(client: Client, link: str, first: str, second: str) -> None:
    page = save(client, link, first, second)
    assertContains(page, 'aria-invalid="true"')
    assert client.get(link).status_code == 200


def test_the_command_that_opens_an_account_gives_such_a_link(client: Client, db: None) -> None:
    out = StringIO()
    call_command("create_account", "Initech", "--admin-email", "ann@initech.example", "--json", stdout=out)
    link = json.loads(out.getvalue())["set_password_url"]
    assertContains(client.get(link.removeprefix("http://localhost:8000")), "For ann@initech.example in Initech.")


@pytest.fixture
def token(alice: User) -> ApiToken:
    return tokens.issue_token(alice, "CI", [], acting=OPERATOR)[0]


def is_live(token: ApiToken) -> bool:
    return token in tokens.live_tokens(token.account)


def test_api_tokens_go_on_unless_somebody_says_otherwise(client: Client, link: str, token: ApiToken) -> None:
    assertContains(client.get(link), "Also revoke all my API tokens")
    save(client, link)
    assert is_live(token)


def test_the_person_may_end_their_tokens(client: Client, link: str, token: ApiToken) -> None:
    client.post(link, {"new_password": NEW, "repeat_password": NEW, "end_tokens": "on"})
    assert not is_live(token)
    assert AuditEntry.objects.get(action="user.password-set").changes == {"api_tokens": [1, 0]}


def test_who_has_no_token_is_not_asked(client: Client, link: str) -> None:
    assertNotContains(client.get(link), "API tokens")


def link_of(page: Any) -> str:
    link: str = page.content.decode().split('<code id="link">')[1].split("</code>")[0]
    return link[link.index("/set-password") :]


def test_the_admin_may_have_a_link_end_tokens(as_alice_of: Client, client: Client, cast: Cast) -> None:
    token, _ = tokens.issue_token(cast.bob, "CI", [], acting=OPERATOR)
    address = f"/users/{cast.bob.pk}/password-link"
    question = as_alice_of.post(address)
    assertContains(question, '<label for="id_end_tokens">Also revoke all API tokens of this user</label>')
    assertNotContains(question, "checked")
    link = link_of(as_alice_of.post(address, {"confirmed": "yes", "end_tokens": "on"}))
    page = client.get(link)
    assertContains(page, "revoke your API tokens when you save the new password")
    assertNotContains(page, 'name="end_tokens"')
    save(client, link)
    assert not is_live(token)


def test_the_audit_log_tells_of_a_link_that_ends_tokens(as_alice_of: Client, cast: Cast) -> None:
    for fields in ({"end_tokens": "on"}, {}):
        as_alice_of.post(f"/users/{cast.bob.pk}/password-link", {"confirmed": "yes", **fields})
    entries = AuditEntry.objects.filter(action="user.password-link-made").order_by("at")
    assert [entry.changes for entry in entries] == [{"ends_api_tokens": [None, True]}, {}]


def test_without_the_box_a_link_ends_none(as_alice_of: Client, client: Client, cast: Cast) -> None:
    token, _ = tokens.issue_token(cast.bob, "CI", [], acting=OPERATOR)
    save(client, link_of(as_alice_of.post(f"/users/{cast.bob.pk}/password-link", {"confirmed": "yes"})))
    assert is_live(token)


def test_what_a_link_ends_can_be_neither_read_nor_changed(alice: User) -> None:
    plain, ending = set_password_url(alice), set_password_url(alice, end_tokens=True)
    assert plain != ending
    assert len(plain) == len(ending)
    assert not ends_tokens(alice, plain.rpartition("/")[2])
    assert ends_tokens(alice, ending.rpartition("/")[2])


def test_a_link_that_ends_tokens_works_once(alice: User) -> None:
    token = set_password_url(alice, end_tokens=True).rpartition("/")[2]
    assert [set_password_by_link(alice.id, token, NEW) for _ in range(2)] == [True, False]
