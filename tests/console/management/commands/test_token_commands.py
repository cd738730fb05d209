"""The commands about tokens and about deprovisioning."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.audit.audit import OPERATOR
from accounts.models import User
from accounts.tokens import tokens
from tests.support.cast import Cast
from tests.support.commands import run
from tests.support.partnership import Partnership

pytestmark = pytest.mark.django_db


def made(*arguments: str) -> dict[str, str]:
    return run("create_token", "Acme", *arguments, "--name", "scim", "--permission", "Manage Users")


def test_a_service_token_is_the_accounts_own_and_permits_provisioning(cast: Cast) -> None:
    token = tokens.find_live(made("--service")["token"])
    assert token is not None
    assert (token.user, token.account, tokens.permits(token, "Manage Users")) == (None, cast.acme, True)


@pytest.mark.parametrize("arguments", [(), ("alice@acme.example", "--service")])
def test_a_token_has_exactly_one_kind_of_owner(cast: Cast, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="either the email of the token's owner or --service"):
        made(*arguments)


def test_a_service_token_of_a_permission_that_does_not_exist_is_refused(cast: Cast) -> None:
    with pytest.raises(CommandError, match="received Fly"):
        run("create_token", "Acme", "--service", "--name", "x", "--permission", "Fly")


def test_two_live_tokens_stand_side_by_side_until_one_is_revoked(cast: Cast) -> None:
    first, second = made("--service"), made("alice@acme.example")
    assert [token["owner"] for token in run("list_tokens", "Acme")["tokens"]] == ["alice@acme.example", "the account"]
    result = run("revoke_token", "Acme", first["token_id"])
    assert result == {"token_id": first["token_id"], "revoked": True, "revoked_with_it": []}
    assert tokens.find_live(first["token"]) is None
    assert tokens.find_live(second["token"]) is not None


def test_what_was_made_with_a_token_is_revoked_with_it_and_named(cast: Cast) -> None:
    root, _ = tokens.issue_token(cast.alice, "root", [], acting=OPERATOR)
    tokens.issue_token(cast.alice, "child", [], through=root, acting=OPERATOR)
    listed = {token["name"]: token["made_by"] for token in run("list_tokens", "Acme")["tokens"]}
    assert listed == {"root": None, "child": str(root.pk)}
    assert run("revoke_token", "Acme", str(root.pk))["revoked_with_it"] == ["child"]
    assert run("list_tokens", "Acme") == {"tokens": []}


def test_a_token_names_the_connection_it_provisions_for(cast: Cast, partnership: Partnership) -> None:
    for owner in ("--service", "alice@acme.example"):
        token = tokens.find_live(made(owner, "--connection", "Partner")["token"])
        assert token is not None
        assert tokens.connection_of(token) == (partnership.partner.pk, False)
    assert {token["connection"] for token in run("list_tokens", "Acme")["tokens"]} == {"Partner"}


def test_a_connection_of_another_account_is_refused(cast: Cast, partnership: Partnership) -> None:
    with pytest.raises(CommandError, match="Account 'Globex' has no connection"):
        run("create_token", "Globex", "--service", "--name", "x", "--connection", "Partner")


@pytest.mark.parametrize(
    ("arguments", "warns"),
    [
        (("--permission", "Manage Users"), True),
        (("--permission", "Manage Users", "--connection", "Partner"), False),
        ((), False),
    ],
)
def test_a_token_without_a_connection_where_there_are_several_is_warned_of(
    partnership: Partnership, arguments: tuple[str, ...], warns: bool
) -> None:
    messages = StringIO()
    call_command("create_token", "Acme", "--service", "--name", "x", *arguments, stdout=StringIO(), stderr=messages)
    assert ("This token names no connection" in messages.getvalue()) is warns


def test_a_token_of_another_account_is_neither_listed_nor_revoked(cast: Cast) -> None:
    token = made("--service")
    assert run("list_tokens", "Globex") == {"tokens": []}
    with pytest.raises(CommandError, match="has no token with the id"):
        run("revoke_token", "Globex", token["token_id"])


def test_a_token_permits_no_more_than_its_owner_still_may(cast: Cast) -> None:
    text = made("alice@acme.example")["token"]
    User.objects.filter(pk=cast.alice.pk).update(account_role=cast.bob.account_role)
    token = tokens.find_live(text)
    assert token is not None
    assert not tokens.permits(token, "Manage Users")


def test_deprovision_and_restore_print_the_state_and_are_idempotent(cast: Cast) -> None:
    for command, state in (("deprovision_user", "deprovisioned"), ("restore_user", "active")):
        for _ in range(2):
            assert run(command, "Acme", "bob@acme.example") == {"user": "bob@acme.example", "state": state}


def test_the_last_admin_is_refused_in_a_sentence(cast: Cast) -> None:
    with pytest.raises(CommandError, match="last account admin"):
        run("deprovision_user", "Acme", "alice@acme.example")
