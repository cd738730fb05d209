"""The operator lets an account admin in whatever happened."""

from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from django.core.management import CommandError
from django.test import Client

from accounts.models import Account, AuditEntry, User
from tests.support.cast import Cast
from tests.support.commands import run
from tests.support.enforcing import enforce
from tests.support.secrets_in_logs import secret

pytestmark = pytest.mark.django_db


def link(found: dict[str, object]) -> str:
    return str(found["login_url"]).removeprefix("http://localhost:8000")


def press(browser: Client, address: str) -> int:
    """The page's button; gives the answer's status."""
    *_, user_id, token = address.split("/")
    fields = {"user_id": user_id, "unverified_token": token}
    return browser.post("/login/recovery/once", fields).status_code


def test_it_lifts_enforcement_and_gives_a_link_that_works_once(cast: Cast) -> None:
    enforce(cast)
    found = run("recover_admin", "Acme")
    assert (found["account"], found["enforcement_lifted"], found["user"]) == ("Acme", 1, "alice@acme.example")
    assert Account.objects.get(pk=cast.acme.pk).sso_enforced_at is None
    browsers = Client(), Client()
    address = link(found)
    secret(address.rpartition("/")[2])
    assert [press(browser, address) for browser in browsers] == [302, 404]
    assert browsers[0].get("/api/me").json()["email"] == "alice@acme.example"


def test_looking_at_the_link_does_not_use_it_up(cast: Cast) -> None:
    address = link(run("recover_admin", "Acme"))
    secret(address.rpartition("/")[2])
    assert [Client().get(address).status_code for _ in range(2)] == [200, 200]
    assert press(Client(), address) == 302


def test_both_are_written_down(cast: Cast) -> None:
    enforce(cast)
    press(Client(), link(run("recover_admin", "Acme")))
    actions = ["account.sso-enforcement-lifted", "user.recovery-link-made", "user.recovery-link-used"]
    assert AuditEntry.objects.filter(action__in=actions).count() == 3


def test_it_works_where_nothing_is_enforced_and_for_admins_without_a_password(cast: Cast) -> None:
    User.objects.filter(pk=cast.alice.pk).update(origin="sso", password="!")
    found = run("recover_admin", "Acme", "--email", "Alice@acme.example")
    assert found["enforcement_lifted"] == 0
    assert press(Client(), link(found)) == 302


@pytest.mark.parametrize(
    "change", [{"state": "deprovisioned"}, {"session_epoch": 1}, {"email": "a@acme.example"}, {"password": "!other"}]
)
def test_the_link_dies_when_the_person_changes(cast: Cast, change: dict[str, object]) -> None:
    address = link(run("recover_admin", "Acme"))
    User.objects.filter(pk=cast.alice.pk).update(**change)
    assert (Client().get(address).status_code, press(Client(), address)) == (404, 404)


def test_the_link_dies_with_the_role(cast: Cast) -> None:
    address = link(run("recover_admin", "Acme"))
    User.objects.filter(pk=cast.alice.pk).update(account_role=cast.bob.account_role)
    assert press(Client(), address) == 404


def test_the_link_dies_after_an_hour(cast: Cast) -> None:
    address = link(run("recover_admin", "Acme"))
    later = datetime.now() + timedelta(hours=1, seconds=5)
    with patch("django.contrib.auth.tokens.PasswordResetTokenGenerator._now", return_value=later):
        assert press(Client(), address) == 404


@pytest.mark.parametrize("email", ["bob@acme.example", "charlie@globex.example", "nobody@acme.example"])
def test_it_refuses_whoever_is_no_admin_of_the_account_and_lifts_nothing(cast: Cast, email: str) -> None:
    enforce(cast)
    with pytest.raises(CommandError, match="of an active account admin of 'Acme'"):
        run("recover_admin", "Acme", "--email", email)
    assert Account.objects.get(pk=cast.acme.pk).sso_enforced_at is not None


def test_it_refuses_an_account_without_an_admin(cast: Cast) -> None:
    with pytest.raises(CommandError, match="there is none"):
        run("recover_admin", "Globex")


def test_it_refuses_an_account_that_is_not_there(cast: Cast) -> None:
    with pytest.raises(CommandError, match="There is no account"):
        run("recover_admin", "Nowhere")


@pytest.mark.parametrize("fields", [{}, {"user_id": "x", "unverified_token": "y"}, {"user_id": "\x00"}])
def test_a_button_with_junk_is_a_dead_link(db: None, fields: dict[str, str]) -> None:
    assert Client().post("/login/recovery/once", fields).status_code == 404
