"""The commands that set an account up: the JSON keys others rely on, idempotency, refusals (`interface.md`)."""

import pytest
from django.core.management import CommandError
from django.test import Client

from accounts.models import Account, Connection, User
from accounts.permissions import Permission
from tests.support.cast import Cast
from tests.support.commands import run
from tests.support.factories import oidc_connection, saml_connection

pytestmark = pytest.mark.django_db


def test_create_account_gives_a_one_time_link_to_set_the_password() -> None:
    found = run("create_account", "Acme", "--admin-email", "alice@acme.example")
    assert set(found) == {"account", "admin_email", "login_url", "set_password_url"}
    assert Client().get(found["set_password_url"]).status_code == 200


def test_create_account_takes_the_password_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRST_PASSWORD", "correct horse battery")
    found = run("create_account", "Acme", "--admin-email", "a@acme.example", "--admin-password-env", "FIRST_PASSWORD")
    assert found["set_password_url"] == ""
    assert User.objects.get().check_password("correct horse battery")
    assert User.objects.get().account_role.name == "Account Admin"


def test_create_account_twice_changes_nothing() -> None:
    for _ in range(2):
        run("create_account", "Acme", "--admin-email", "alice@acme.example")
    assert (Account.objects.count(), User.objects.count()) == (1, 1)


def test_an_account_address_never_holds_an_underscore() -> None:
    run("create_account", "Acme_Labs & Söhne", "--admin-email", "alice@acme.example")
    assert Account.objects.get().slug == "acme-labs-sohne"


def test_create_space_twice_changes_nothing(cast: Cast) -> None:
    assert [run("create_space", "Acme", "Lab") for _ in range(2)] == [{"space": "Lab"}] * 2


@pytest.mark.parametrize("name", ["Ops, EU", " Ops", "Ops\n", ""])
def test_create_space_refuses_a_name_that_no_attribute_could_carry(cast: Cast, name: str) -> None:
    with pytest.raises(CommandError, match="comma-separated"):
        run("create_space", "Acme", name)


def test_create_space_role_copies_its_template(cast: Cast) -> None:
    assert run("create_space_role", "Acme", "Release Manager", "--template", "Space Developer") == {
        "space_role": "Release Manager"
    }
    with pytest.raises(CommandError, match="Expected one of the space roles"):
        run("create_space_role", "Acme", "Other", "--template", "Space Wizard")


def test_create_group_gives_roles_in_spaces_and_is_idempotent(cast: Cast) -> None:
    call = ("create_group", "Acme", "Ops", "--idp-identifier", "g-1", "--space-role", "Trial=Space Developer")
    assert [run(*call) for _ in range(2)] == [{"group": "Ops", "idp_identifier": "g-1"}] * 2
    assert cast.acme.group_set.get().space_roles.get().role.name == "Space Developer"


def test_create_group_refuses_an_identifier_that_another_group_has(cast: Cast) -> None:
    run("create_group", "Acme", "Ops", "--idp-identifier", "g-1")
    with pytest.raises(CommandError, match="set on another group"):
        run("create_group", "Acme", "Dev", "--idp-identifier", "g-1")


def test_create_user_without_a_password_is_pending(cast: Cast) -> None:
    assert run("create_user", "Acme", "paul@acme.example") == {"user": "paul@acme.example", "state": "pending"}
    assert not User.objects.get(email="paul@acme.example").has_usable_password()


def test_create_user_with_a_password_is_active(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_WORD", "correct horse battery")
    assert run("create_user", "Acme", "paul@acme.example", "--password-env", "SECRET_WORD")["state"] == "active"


def test_create_user_refuses_one_who_exists_in_other_letter_case(cast: Cast) -> None:
    with pytest.raises(CommandError, match="exists already"):
        run("create_user", "Acme", "BOB@acme.example")


def test_create_token_shows_the_token_once_and_stores_no_part_that_is_accepted(cast: Cast) -> None:
    found = run("create_token", "Acme", "alice@acme.example", "--name", "scim", "--permission", "Manage Users")
    assert set(found) == {"token", "token_id", "expires_at"}
    stored = cast.alice.api_tokens.get()
    assert found["token"] not in [str(value) for value in vars(stored).values()]
    assert len(stored.prefix) < len(found["token"]) / 3


def test_create_token_refuses_a_permission_that_the_owner_lacks(cast: Cast) -> None:
    with pytest.raises(CommandError, match=r"bob@acme\.example lacks Manage Users"):
        run("create_token", "Acme", "bob@acme.example", "--name", "x", "--permission", "Manage Users")


@pytest.mark.parametrize("command", ["create_space", "create_group", "create_user", "show_user"])
def test_an_unknown_account_is_refused_by_name(cast: Cast, command: str) -> None:
    with pytest.raises(CommandError, match="There is no account 'Initech'"):
        run(command, "Initech", "x@acme.example")


def test_charlie_is_not_found_in_acme(cast: Cast) -> None:
    with pytest.raises(CommandError, match="Account 'Acme' has no user"):
        run("show_user", "Acme", "charlie@globex.example")


def test_of_several_connections_create_group_says_through_which_its_role_is_given(cast: Cast) -> None:
    okta, azure = saml_connection(cast.acme, name="Okta"), oidc_connection(cast.acme, name="Azure")
    mapped = ("--idp-identifier", "G1", "--account-role", "Account Admin")
    run("create_group", "Acme", "Admins", *mapped, "--allow-through", "Okta")
    assert Connection.objects.get(pk=okta.pk).agreed_permissions == sorted(Permission)
    assert not Connection.objects.get(pk=azure.pk).agreed_permissions
