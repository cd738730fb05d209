"""When a token is valid: one token (`find_live`) and lists (`live_tokens`) agree."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts import sessions
from accounts.audit.audit import OPERATOR, person
from accounts.deprovisioning import end_access
from accounts.errors import ActionRefused
from accounts.models import AccountRole, ApiToken, AuditEntry, User
from accounts.rights import PermissionsExceeded
from accounts.tokens import revocation, tokens
from accounts.users import users
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def _change(**values: object) -> Callable[[ApiToken], object]:
    return lambda token: ApiToken.objects.filter(pk=token.pk).update(**values)


def _change_owner(**values: object) -> Callable[[ApiToken], object]:
    return lambda token: User.objects.filter(pk=token.user_id).update(**values)


CHANGES: dict[str, tuple[Callable[[ApiToken], object], bool]] = {
    "nothing": (_change(), True),
    "expires tomorrow": (_change(expires_at=timezone.now() + timedelta(days=1)), True),
    "expired": (_change(expires_at=timezone.now() - timedelta(seconds=1)), False),
    "revoked": (_change(revoked_at=timezone.now()), False),
    "owner deprovisioned": (_change_owner(state="deprovisioned"), False),
    "owner's access ended since": (_change_owner(session_epoch=1), False),
    "owned by the account": (_change(user=None), True),
    "owned by the account and revoked": (_change(user=None, revoked_at=timezone.now()), False),
}


@pytest.mark.parametrize("change", CHANGES)
def test_found_and_listed_agree(cast: Cast, change: str) -> None:
    token, text = tokens.issue_token(cast.alice, "t", [], acting=OPERATOR)
    apply, is_live = CHANGES[change]
    apply(token)
    assert (tokens.find_live(text) is not None) == is_live
    assert bool(tokens.live_tokens(cast.acme)) == is_live


def test_use_is_noted_at_most_once_a_minute(cast: Cast) -> None:
    token, text = tokens.issue_token(cast.alice, "t", [], acting=OPERATOR)
    tokens.find_live(text)
    first = ApiToken.objects.get(pk=token.pk).last_used_at
    tokens.find_live(text)
    assert ApiToken.objects.get(pk=token.pk).last_used_at == first


@pytest.mark.parametrize("text", ["", "tsso_", "tsso_" + "a" * 40, "tsso_" + "é" * 40, "x" * 10_000, "tsso_\x00"])
def test_what_is_no_token_is_refused_before_the_database_is_asked(
    django_assert_num_queries: Callable[..., object], cast: Cast, text: str
) -> None:
    with django_assert_num_queries(0):
        assert tokens.find_live(text) is None


def test_a_list_of_tokens_shows_no_short_one(cast: Cast) -> None:
    tokens.issue_short_token(cast.alice)
    long, _ = tokens.issue_token(cast.alice, "t", [], acting=OPERATOR)
    assert tokens.live_tokens(cast.acme) == tokens.live_tokens(cast.acme, owner=cast.alice) == [long]
    assert tokens.live_tokens(cast.acme, owner=cast.bob) == []


AFTER_THE_PASSWORD_WAS_COMPARED: dict[str, Callable[[User], object]] = {
    "deprovisioned": lambda user: end_access.deprovision(user.pk, user.account, acting=OPERATOR),
    "deprovisioned and restored": lambda user: [
        end_access.deprovision(user.pk, user.account, acting=OPERATOR),
        end_access.restore(user.pk, user.account, acting=OPERATOR),
    ],
    "removed": lambda user: User.objects.filter(pk=user.pk).delete(),
    "a new password": lambda user: users.set_password(
        User.objects.get(pk=user.pk), "another long password", acting=OPERATOR
    ),
}


@pytest.mark.parametrize("what", AFTER_THE_PASSWORD_WAS_COMPARED)
def test_a_login_that_was_overtaken_gets_no_short_token(cast: Cast, what: str) -> None:
    bob = User.objects.select_related("account").get(pk=cast.bob.pk)
    AFTER_THE_PASSWORD_WAS_COMPARED[what](cast.bob)
    with pytest.raises(ActionRefused):
        tokens.issue_short_token(bob)
    assert not ApiToken.objects.exists()


def test_ending_somebodys_sessions_ends_their_short_tokens_alone(cast: Cast) -> None:
    short, others = tokens.issue_short_token(cast.bob)[1], tokens.issue_short_token(cast.alice)[1]
    long = tokens.issue_token(cast.bob, "t", [], acting=OPERATOR)[1]
    assert sessions.end_all(cast.bob, acting=OPERATOR) == 1
    assert [tokens.find_live(text) is not None for text in (short, others, long)] == [False, True, True]
    entry = AuditEntry.objects.get(action="user.short-tokens-ended")
    assert len(entry.changes["tokens"][0]) == 1


def test_the_sweep_removes_short_tokens_that_are_over_and_no_others(cast: Cast) -> None:
    over, living = tokens.issue_short_token(cast.bob)[0], tokens.issue_short_token(cast.bob)[0]
    long, _ = tokens.issue_token(cast.bob, "t", [], acting=OPERATOR)
    ApiToken.objects.filter(pk__in=[over.pk, long.pk]).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert tokens.remove_over() == 1
    assert set(ApiToken.objects.values_list("pk", flat=True)) == {living.pk, long.pk}


def test_a_short_token_has_what_its_owner_may_do_at_the_login(cast: Cast) -> None:
    _, text = tokens.issue_short_token(cast.alice)
    token = tokens.find_live(text)
    assert token is not None
    assert tokens.permits(token, "Manage Users")
    User.objects.filter(pk=cast.alice.pk).update(account_role=cast.bob.account_role)
    token = tokens.find_live(text)
    assert token is not None
    assert not tokens.permits(token, "Manage Users")


def helpdesk(cast: Cast) -> User:
    """Bob, who may manage users and nothing else from now on."""
    role = AccountRole.objects.create(account=cast.acme, name="Helpdesk", permissions=["Manage Users"])
    users.set_account_role(cast.bob, role, acting=OPERATOR)
    return cast.bob


def test_nobody_makes_a_service_token_with_more_than_they_have(cast: Cast) -> None:
    acting = person(helpdesk(cast))
    with pytest.raises(PermissionsExceeded, match="The token 'Okta' would have Manage Spaces, which you do not have"):
        tokens.issue_service_token(cast.acme, "Okta", ["Manage Users", "Manage Spaces"], acting=acting)
    assert tokens.issue_service_token(cast.acme, "Okta", ["Manage Users"], acting=acting)


def test_through_a_token_nobody_makes_a_service_token_with_more_than_it_has(cast: Cast) -> None:
    narrow = person(cast.alice, limited_to=frozenset(["Manage Spaces"]))
    with pytest.raises(PermissionsExceeded):
        tokens.issue_service_token(cast.acme, "Okta", ["Manage Users"], acting=narrow)


@pytest.mark.parametrize("permissions", [[], ["Manage Users"]])
def test_nobody_makes_a_token_for_somebody_who_has_more(cast: Cast, permissions: list[str]) -> None:
    with pytest.raises(PermissionsExceeded, match=r"alice@acme.example has Manage"):
        tokens.issue_token(cast.alice, "CI", permissions, acting=person(helpdesk(cast)))
    assert not ApiToken.objects.exists()


def test_nobody_makes_a_token_with_more_than_the_token_they_ask_with(cast: Cast) -> None:
    narrow = person(cast.alice, limited_to=frozenset(["Manage Spaces"]))
    with pytest.raises(PermissionsExceeded):
        tokens.issue_token(cast.alice, "CI", ["Manage Users"], acting=narrow)
    assert tokens.issue_token(cast.alice, "CI", ["Manage Spaces"], acting=narrow)


OVERTAKING: dict[str, Callable[[ApiToken], object]] = {
    "the token that asks was revoked": lambda token: revocation.revoke_token(token, acting=OPERATOR),
    "it expired": _change(expires_at=timezone.now() - timedelta(seconds=1)),
    "its owner has another password": _change_owner(password="md5$other"),
    "its owner's access ended": _change_owner(session_epoch=1),
    "its owner is deprovisioned": _change_owner(state="deprovisioned"),
    "its owner was removed": lambda token: User.objects.filter(pk=token.user_id).delete(),
}


@pytest.mark.parametrize("what", OVERTAKING)
def test_a_request_for_a_token_that_was_overtaken_gets_none(cast: Cast, what: str) -> None:
    asking, _ = tokens.issue_token(cast.bob, "asking", [], acting=OPERATOR)
    OVERTAKING[what](asking)
    with pytest.raises(ActionRefused):
        tokens.issue_token(cast.bob, "CI", [], through=asking, acting=person(cast.bob))
    assert not ApiToken.objects.filter(name="CI").exists()


def test_a_token_knows_the_token_that_asked_for_it(cast: Cast) -> None:
    asking, _ = tokens.issue_token(cast.bob, "asking", [], acting=OPERATOR)
    child, _ = tokens.issue_on_request(cast.bob, asking, "CI", [], None, acting=person(cast.bob))
    in_a_session, _ = tokens.issue_on_request(cast.bob, None, "by hand", [], None, acting=person(cast.bob))
    assert (child.made_by, in_a_session.made_by) == (asking, None)


def test_who_is_removed_takes_along_all_their_tokens(cast: Cast) -> None:
    short, _ = tokens.issue_short_token(cast.bob)
    long, _ = tokens.issue_token(cast.bob, "long", [], through=short, acting=OPERATOR)
    tokens.issue_token(cast.bob, "longer", [], through=long, acting=OPERATOR)
    cast.bob.delete()
    connection.check_constraints()
    assert not ApiToken.objects.exists()
