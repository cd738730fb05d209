"""All tokens of an account, and one's own: shown once, listed, revoked."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts import alerts
from accounts.audit.audit import OPERATOR
from accounts.models import AccountRole, ApiToken, AuditEntry, User
from accounts.models.work import AlertKind
from accounts.tokens import tokens
from tests.support.cast import Cast
from tests.support.secrets_in_logs import secret

pytestmark = pytest.mark.django_db


def browser_of(user: User) -> Client:
    browser = Client()
    browser.force_login(user, "accounts.authentication.AccountBackend")
    return browser


def made(user: User, name: str = "CI", *permissions: str, **values: Any) -> ApiToken:
    token = tokens.issue_token(user, name, permissions, acting=OPERATOR)[0]
    ApiToken.objects.filter(pk=token.pk).update(**values)
    return token


def shown(page: Any) -> str:
    """The text of the token on the page."""
    match = re.search(r"tsso_[a-z0-9]{40}", page.content.decode())
    assert match
    return secret(match[0])


def test_it_lists_who_owns_what_and_nothing_of_another_account(as_alice_of: Client, cast: Cast) -> None:
    made(cast.bob, "Bob's script")
    tokens.issue_service_token(cast.acme, "Okta", ["Manage Users"], acting=OPERATOR)
    made(cast.charlie, "Charlie's script")
    tokens.issue_short_token(cast.bob)
    page = as_alice_of.get("/tokens")
    assertContains(page, "bob@acme.example")
    assertContains(page, "1 to 2 of 2 tokens")
    assertNotContains(page, "Charlie")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=ci", {"CI"}),
        ("q=BOB@acme", {"CI"}),
        ("permission=Manage+Users", {"Okta"}),
        ("permission=nonsense", set()),
        ("owner=account", {"Okta"}),
        ("owner=people", {"CI"}),
        ("used=never", {"Okta"}),
        ("used=dormant", {"CI"}),
        ("expires=soon", {"CI"}),
        ("expires=never", {"Okta"}),
        ("sort=-used&page=99&q=%00", {"CI", "Okta"}),
    ],
)
def test_filters_find(as_alice_of: Client, cast: Cast, query: str, found: set[str]) -> None:
    now = timezone.now()
    made(cast.bob, "CI", last_used_at=now - timedelta(days=91), expires_at=now + timedelta(days=3))
    tokens.issue_service_token(cast.acme, "Okta", ["Manage Users"], acting=OPERATOR)
    text = as_alice_of.get(f"/tokens?{query}").content.decode()
    assert {name for name in ("CI", "Okta") if f'row">{name} ' in text} == found


def test_the_number_of_queries_does_not_grow(
    as_alice_of: Client, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    for number in range(60):
        made(cast.bob, f"CI {number}")
    with django_assert_max_num_queries(8):
        assertContains(as_alice_of.get("/tokens?sort=owner"), "1 to 50 of 60 tokens")


def test_what_ends_soon_is_shown(as_alice_of: Client, cast: Cast) -> None:
    alerts.raise_alert(cast.acme.pk, AlertKind.TOKEN_EXPIRY, "t", "The API token 'CI' ends.")
    alerts.raise_alert(cast.acme.pk, AlertKind.SECRET_EXPIRY, "s", "The client secret ends.")
    page = as_alice_of.get("/tokens")
    assertContains(page, "The API token &#x27;CI&#x27; ends.")
    assertNotContains(page, "client secret")


def test_a_new_token_is_shown_this_once_and_kept_nowhere(as_alice_of: Client, cast: Cast) -> None:
    fields = {"name": "CI", "permissions": ["Manage Users"], "expires": "30"}
    page = as_alice_of.post("/tokens/new", fields)
    token = tokens.find_live(shown(page))
    assert token is not None
    assert (token.user_id, token.permissions) == (cast.alice.pk, ["Manage Users"])
    assert page.headers["Cache-Control"] == "no-store"
    assert "tsso_" not in str(dict(as_alice_of.session)) + str(as_alice_of.cookies)
    assertNotContains(as_alice_of.get("/tokens"), shown(page))


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"name": ""}, "This field is required"),
        ({"name": "x" * 101}, "at most 100"),
        ({"expires": "99999"}, "Select a valid choice"),
        ({"permissions": "Everything"}, "Select a valid choice"),
    ],
)
def test_a_wrong_form_makes_nothing(as_alice_of: Client, wrong: dict[str, str], expected: str) -> None:
    page = as_alice_of.post("/tokens/new", {"name": "CI", "expires": "30", **wrong})
    assertContains(page, expected)
    assert not ApiToken.objects.exists()


def test_nobody_gives_a_token_more_than_they_have(cast: Cast) -> None:
    fields = {"name": "CI", "permissions": ["Manage Users"], "expires": "30"}
    browser_of(cast.bob).post("/profile/tokens/new", fields)
    assert [token.permissions for token in ApiToken.objects.all()] in ([], [[]])


def test_revoking_asks_and_tells_when_it_was_last_used(as_alice_of: Client, cast: Cast) -> None:
    token = made(cast.bob, "CI", last_used_at="2026-03-01T10:00:00Z")
    question = as_alice_of.post(f"/tokens/{token.pk}/revoke")
    assertContains(question, "last used on 1 Mar 2026, 10:00 (UTC)")
    assert tokens.live_tokens(cast.acme) == [token]
    answer = as_alice_of.post(f"/tokens/{token.pk}/revoke", {"confirmed": "yes"})
    assertRedirects(answer, "/tokens")
    assert tokens.live_tokens(cast.acme) == []
    assert AuditEntry.objects.get(action="token.revoked").actor == "alice@acme.example"


def test_the_tokens_of_another_account_are_not_there(as_alice_of: Client, cast: Cast) -> None:
    token = made(cast.charlie)
    for path in (f"/tokens/{token.pk}/revoke", f"/profile/tokens/{token.pk}/revoke"):
        assert as_alice_of.post(path, {"confirmed": "yes"}).status_code == 404
    assert tokens.live_tokens(cast.globex) == [token]


def test_a_member_sees_none_of_others_and_an_anonymous_user_has_to_sign_in(cast: Cast) -> None:
    token, member = made(cast.alice), browser_of(cast.bob)
    assert member.get("/tokens").status_code == 403
    assert member.post("/tokens/new", {"name": "CI", "expires": "30"}).status_code == 403
    assert member.post(f"/profile/tokens/{token.pk}/revoke", {"confirmed": "yes"}).status_code == 404
    assertRedirects(Client().get("/tokens"), "/login?next=/tokens")


def test_a_member_has_tokens_of_their_own(cast: Cast) -> None:
    member = browser_of(cast.bob)
    assertNotContains(member.get("/profile/tokens/new"), "Permissions")
    token = tokens.find_live(shown(member.post("/profile/tokens/new", {"name": "My script", "expires": "90"})))
    assert token is not None
    assertContains(member.get("/profile"), "My script")
    answer = member.post(f"/profile/tokens/{token.pk}/revoke", {"confirmed": "yes"})
    assertRedirects(answer, "/profile")
    assert tokens.live_tokens(cast.acme) == []


@pytest.fixture
def helpdesk(cast: Cast) -> Client:
    """Bob's browser. He may manage users, and nothing else."""
    role = AccountRole.objects.create(account=cast.acme, name="Helpdesk", permissions=["Manage Users"])
    User.objects.filter(pk=cast.bob.pk).update(account_role=role)
    return browser_of(cast.bob)


@pytest.mark.parametrize("fields", [{}, {"confirmed": "yes"}], ids=["asked", "confirmed"])
def test_a_token_that_has_more_is_not_revoked(cast: Cast, helpdesk: Client, fields: dict[str, str]) -> None:
    wide, _ = tokens.issue_service_token(cast.acme, "Okta", ["Manage Users", "Manage Spaces"], acting=OPERATOR)
    theirs = made(cast.alice)
    addresses = [f"/tokens/{token.pk}/revoke" for token in (wide, theirs)]
    addresses += [f"/users/{cast.alice.pk}/tokens/{theirs.pk}/revoke", f"/provisioning/tokens/{wide.pk}/revoke"]
    for address in addresses:
        assertContains(helpdesk.post(address, fields, follow=True), "which you do not have")
    assert set(tokens.live_tokens(cast.acme)) == {wide, theirs}


def test_what_ends_with_a_token_is_named_before(as_alice_of: Client, cast: Cast) -> None:
    root = made(cast.bob, "root")
    child = tokens.issue_token(cast.bob, "child", [], through=root, acting=OPERATOR)[0]
    question = as_alice_of.post(f"/tokens/{root.pk}/revoke")
    assertContains(question, "1 token was created with it and will be revoked too:")
    assertContains(question, f"<li>child ({child.prefix}…)</li>")
    assertContains(question, "Revoke all 2")
    page = as_alice_of.post(f"/tokens/{root.pk}/revoke", {"confirmed": "yes"}, follow=True)
    assertContains(page, "1 token created with it revoked too.")
    assert tokens.live_tokens(cast.acme) == []


def test_what_made_a_token_is_shown(as_alice_of: Client, cast: Cast) -> None:
    root = made(cast.alice, "root")
    tokens.issue_token(cast.alice, "child", [], through=root, acting=OPERATOR)
    tokens.issue_token(cast.alice, "of a login", [], through=tokens.issue_short_token(cast.alice)[0], acting=OPERATOR)
    for address in ("/tokens", "/profile", f"/users/{cast.alice.pk}"):
        page = as_alice_of.get(address)
        assertContains(page, f"created with root <code>{root.prefix}…</code>")
        assertContains(page, "by a program with the owner's password")


def test_the_question_tells_what_made_it(as_alice_of: Client, cast: Cast) -> None:
    root = made(cast.alice, "root")
    child = tokens.issue_token(cast.alice, "child", [], through=root, acting=OPERATOR)[0]
    question = as_alice_of.post(f"/profile/tokens/{child.pk}/revoke")
    assertContains(question, f"It was created with the token &#x27;root&#x27; ({root.prefix}…).")
    assertNotContains(question, "will be revoked too")
