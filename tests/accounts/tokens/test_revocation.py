"""Who may revoke a token, and what ends with it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.audit.audit import OPERATOR, Actor, person
from accounts.groups import groups
from accounts.groups import members as group_members
from accounts.models import AccountRole, ApiToken, AuditEntry, User
from accounts.rights import PermissionsExceeded
from accounts.tokens import revocation, tokens
from accounts.tokens.revocation import made_with, revoke_token
from accounts.users import users
from tests.support.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db
WIDE = ["Manage Users", "Manage Spaces"]


@pytest.fixture
def helpdesk(cast: Cast) -> User:
    """Somebody of Acme who may manage users, and nothing else."""
    role = AccountRole.objects.create(account=cast.acme, name="Helpdesk", permissions=["Manage Users"])
    email = "helpdesk@acme.example"
    return users.create_password_user(cast.acme, email, PASSWORD, acting=OPERATOR, account_role=role)


def made(user: User, name: str, through: ApiToken | None = None, *permissions: str) -> ApiToken:
    return tokens.issue_token(user, name, permissions, through=through, acting=OPERATOR)[0]


def names(rows: "list[ApiToken]") -> list[str]:
    return [token.name for token in rows]


def revoked() -> set[str]:
    return set(ApiToken.objects.filter(revoked_at__isnull=False).values_list("name", flat=True))


def test_nobody_revokes_a_service_token_that_has_more_than_they_have(cast: Cast, helpdesk: User) -> None:
    wider, _ = tokens.issue_service_token(cast.acme, "Okta", WIDE, acting=OPERATOR)
    with pytest.raises(PermissionsExceeded, match="The token 'Okta' has Manage Spaces, which you do not have"):
        revoke_token(wider, acting=person(helpdesk))
    assert not revoked()


def test_who_has_as_much_as_a_service_token_revokes_it(cast: Cast, helpdesk: User) -> None:
    token, _ = tokens.issue_service_token(cast.acme, "Okta", ["Manage Users"], acting=OPERATOR)
    assert revoke_token(token, acting=person(helpdesk)) == [token]


@pytest.mark.parametrize("permissions", [(), ("Manage Users",), WIDE], ids=["none", "no more", "more"])
def test_a_token_of_somebody_who_has_more_is_theirs(cast: Cast, helpdesk: User, permissions: tuple[str, ...]) -> None:
    token = made(cast.alice, "CI", None, *permissions)
    with pytest.raises(PermissionsExceeded, match=r"alice@acme.example has Manage"):
        revoke_token(token, acting=person(helpdesk))
    assert not revoked()


def test_what_its_owner_has_through_a_group_counts(cast: Cast, helpdesk: User) -> None:
    token = made(cast.bob, "CI")
    spaces = AccountRole.objects.create(account=cast.acme, name="Spaces", permissions=["Manage Spaces"])
    group, _ = groups.create_group(cast.acme, "Ops", acting=OPERATOR, account_role=spaces)
    group_members.add_member(group, cast.bob, acting=OPERATOR)
    with pytest.raises(PermissionsExceeded, match=r"bob@acme.example has Manage Spaces"):
        revoke_token(token, acting=person(helpdesk))


def test_what_its_owner_lost_counts_no_more(cast: Cast, helpdesk: User) -> None:
    token = made(cast.alice, "CI", None, *WIDE)
    User.objects.filter(pk=cast.alice.pk).update(account_role=cast.bob.account_role)
    assert revoke_token(ApiToken.objects.get(pk=token.pk), acting=person(helpdesk)) == [token]


def test_its_owner_revokes_it_whatever_they_have(cast: Cast) -> None:
    token = made(cast.bob, "CI")
    assert revoke_token(token, acting=person(cast.bob)) == [token]


def test_the_operator_revokes_any(cast: Cast) -> None:
    assert revoke_token(made(cast.alice, "CI", None, *WIDE), acting=OPERATOR)


def test_through_a_token_its_owner_has_no_more_than_the_token(cast: Cast) -> None:
    token = made(cast.alice, "CI", None, *WIDE)
    narrow = person(cast.alice, limited_to=frozenset(["Manage Users"]))
    with pytest.raises(PermissionsExceeded, match="has Manage Spaces"):
        revoke_token(token, acting=narrow)
    assert revoke_token(token, acting=person(cast.alice, limited_to=frozenset(WIDE)))


def test_what_was_made_with_a_token_ends_with_it_whoever_made_it_in_between(cast: Cast) -> None:
    root, sibling = made(cast.bob, "root"), made(cast.bob, "sibling")
    child = made(cast.bob, "child", root)
    made(cast.bob, "grandchild", child)
    assert names(list(made_with(root))) == ["child", "grandchild"]
    assert set(names(revoke_token(root, acting=OPERATOR))) == {"root", "child", "grandchild"}
    assert tokens.live_tokens(cast.acme) == [sibling]


def test_what_made_a_token_goes_on_without_it(cast: Cast) -> None:
    root = made(cast.bob, "root")
    revoke_token(made(cast.bob, "child", root), acting=OPERATOR)
    assert revoked() == {"child"}


def test_each_that_ends_has_an_entry_that_says_with_what(cast: Cast) -> None:
    root = made(cast.bob, "root")
    made(cast.bob, "child", root)
    revoke_token(root, acting=OPERATOR)
    entries = AuditEntry.objects.filter(action="token.revoked").values_list("object_label", "changes")
    assert dict(entries) == {"root": {}, "child": {"revoked_with": [None, f"root ({root.prefix}…)"]}}


def test_what_had_ended_before_is_not_ended_again(cast: Cast) -> None:
    root = made(cast.bob, "root")
    child, expired = made(cast.bob, "child", root), made(cast.bob, "expired", root)
    revoke_token(child, acting=OPERATOR)
    ApiToken.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert revoke_token(root, acting=OPERATOR) == [root]
    assert revoke_token(root, acting=OPERATOR) == []
    assert AuditEntry.objects.filter(action="token.revoked").count() == 2


def test_a_child_that_a_former_release_left_alive_ends(cast: Cast) -> None:
    root = made(cast.bob, "root")
    child = made(cast.bob, "child", root)
    ApiToken.objects.filter(pk=root.pk).update(revoked_at=timezone.now())
    assert revoke_token(root, acting=OPERATOR) == [child]


def test_a_chain_of_any_length_ends_with_the_same_queries(
    cast: Cast, django_assert_num_queries: Callable[..., object]
) -> None:
    for length in (1, 40):
        root = last = made(cast.bob, "root")
        for number in range(length):
            last = made(cast.bob, str(number), last)
        with django_assert_num_queries(9):
            assert len(revoke_token(root, acting=OPERATOR)) == length + 1


def test_a_short_token_that_ends_by_itself_leaves_what_it_made(cast: Cast) -> None:
    short, _ = tokens.issue_short_token(cast.bob)
    long = made(cast.bob, "long", short)
    grandchild = made(cast.bob, "grandchild", long)
    ApiToken.objects.filter(pk=short.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert tokens.remove_over() == 1
    assert tokens.live_tokens(cast.acme) == [grandchild, long]
    assert list(made_with(long)) == [grandchild]
    assert ApiToken.objects.get(pk=long.pk).made_by is None


def test_a_short_token_that_is_revoked_by_its_text_ends_what_it_made(cast: Cast) -> None:
    short, text = tokens.issue_short_token(cast.bob)
    made(cast.bob, "long", short)
    assert revocation.revoke_text(text, acting=Actor("who holds the token"))
    assert revoked() == {"short token", "long"}


def test_all_long_tokens_of_one_person_end(cast: Cast) -> None:
    made(cast.bob, "child", made(cast.bob, "root"))
    alices, (short, _) = made(cast.alice, "Alice's"), tokens.issue_short_token(cast.bob)
    assert revocation.revoke_all_of(cast.bob, acting=OPERATOR) == 2
    assert tokens.live_tokens(cast.acme) == [alices]
    assert ApiToken.objects.get(pk=short.pk).revoked_at is None
