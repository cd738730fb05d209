"""The one-time link with which a person sets their password (R11)."""

import json
from datetime import datetime, timedelta
from io import StringIO
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django.asserts import assertContains, assertRedirects

from accounts.models import AuditEntry, User
from accounts.models.user import UserState
from accounts.services.password_links import set_password_by_link, set_password_url

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
def test_a_bad_password_is_told_at_the_field(client: Client, link: str, first: str, second: str) -> None:
    page = save(client, link, first, second)
    assertContains(page, 'aria-invalid="true"')
    assert client.get(link).status_code == 200


def test_the_command_that_opens_an_account_gives_such_a_link(client: Client, db: None) -> None:
    out = StringIO()
    call_command("create_account", "Initech", "--admin-email", "ann@initech.example", "--json", stdout=out)
    link = json.loads(out.getvalue())["set_password_url"]
    assertContains(client.get(link.removeprefix("http://localhost:8000")), "For ann@initech.example in Initech.")
