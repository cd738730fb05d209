"""“Ask an Account Admin”: where it stands in place of a button, and what becomes of it."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.audit.audit import OPERATOR
from accounts.connections import drafts
from accounts.models import Alert, Connection, Group
from accounts.permissions import Permission
from tests.support.cast import Cast
from tests.support.enforcing import passed_test
from tests.support.holders import browser_of, holder

pytestmark = pytest.mark.django_db
BUTTON = "Ask an Account Admin"


@pytest.fixture
def as_mallory(cast: Cast) -> Client:
    """Manage Single Sign-On, and nothing else."""
    return browser_of(holder(cast.acme, Permission.MANAGE_SSO))


@pytest.fixture
def drafted(okta: Connection) -> Connection:
    drafts.change_settings(okta, {"sso_url": "https://moved.example/sso"}, acting=OPERATOR)
    return okta


def ask(browser: Client, connection: Connection, what: str, **fields: str) -> Any:
    return browser.post(f"/sso/{connection.pk}/ask", {"what": what, **fields}, follow=True)


def test_publishing_is_asked_for_once(as_mallory: Client, drafted: Connection) -> None:
    page = as_mallory.get(f"/sso/{drafted.pk}")
    assertContains(page, "Only an account admin can publish, because it decides who can sign in.")
    assertContains(page, BUTTON)
    assertNotContains(page, ">Publish<")
    page = ask(as_mallory, drafted, "publish")
    assertContains(page, "Request sent")
    assertContains(page, "Request sent to the account admins.")
    assertNotContains(page, BUTTON)


def test_an_account_admin_has_the_buttons(as_alice: Client, drafted: Connection) -> None:
    for path in ("", "/domains", "/people", "/general"):
        assertNotContains(as_alice.get(f"/sso/{drafted.pk}{path}"), BUTTON)
    assertContains(as_alice.get(f"/sso/{drafted.pk}"), ">Publish<")


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/domains", "Only an account admin can add and verify domains"),
        ("/people", "Only an account admin can change these settings"),
        ("/general", "and the clock skew, because they decide which logins are accepted."),
    ],
)
def test_each_page_says_why_in_one_sentence(as_mallory: Client, okta: Connection, path: str, sentence: str) -> None:
    page = as_mallory.get(f"/sso/{okta.pk}{path}")
    assertContains(page, sentence)
    assertContains(page, BUTTON)


def test_enabling_is_asked_for_at_the_end_of_the_steps(as_mallory: Client, okta: Connection, cast: Cast) -> None:
    Connection.objects.update(state="draft")
    passed_test(Connection.objects.get(), cast.alice)
    page = as_mallory.get(f"/sso/{okta.pk}/set-up")
    assertContains(page, "Only an account admin can enable this connection, because it decides who can sign in.")
    assertContains(page, BUTTON)
    assertNotContains(page, ">Enable<")
    assertContains(ask(as_mallory, okta, "enable"), "Request sent")


def test_their_home_page_leads_to_what_is_to_be_decided(as_mallory: Client, as_alice: Client, okta: Connection) -> None:
    Connection.objects.update(state="draft")
    ask(as_mallory, okta, "enable")
    page = as_alice.get("/")
    assertContains(page, "mallory@acme.example asks you to enable &#x27;Okta&#x27;.")
    assertContains(page, f'href="/sso/{okta.pk}/enable"')
    assertContains(as_alice.get(f"/sso/{okta.pk}/enable"), okta.sso_url)


def test_nobody_else_is_asked(as_mallory: Client, cast: Cast, okta: Connection) -> None:
    ask(as_mallory, okta, "domain", note="new.example")
    helpdesk = browser_of(holder(cast.acme, Permission.MANAGE_USERS, name="helpdesk"))
    assertNotContains(helpdesk.get("/"), "asks you")


def test_a_request_is_dismissed_on_the_home_page_by_an_account_admin(
    as_mallory: Client, as_alice: Client, okta: Connection
) -> None:
    ask(as_mallory, okta, "domain", note="<b>new</b>.example")
    assertContains(as_alice.get("/"), "&lt;b&gt;new&lt;/b&gt;.example")
    address = f"/requests/{Alert.objects.get().pk}/dismiss"
    assertContains(as_mallory.post(address, follow=True), "Dismissing a request needs an account admin")
    assertRedirects(as_alice.post(address), "/")
    assertNotContains(as_alice.get("/"), "asks you")


def test_only_a_request_can_be_dismissed(as_alice: Client, cast: Cast) -> None:
    alert = Alert.objects.create(account=cast.acme, kind="metadata-held", sentence="Look at it.")
    assert as_alice.post(f"/requests/{alert.pk}/dismiss").status_code == 404


def test_what_nobody_can_ask_is_not_there(as_mallory: Client, okta: Connection, theirs: Connection) -> None:
    assert ask(as_mallory, okta, "everything").status_code == 404
    assert ask(as_mallory, theirs, "domain").status_code == 404


def test_who_manages_users_asks_from_the_page_of_a_group(cast: Cast, okta: Connection) -> None:
    role = cast.acme.accountrole_set.create(name="Helpdesk", permissions=["Manage Users"])
    group = Group.objects.create(account=cast.acme, name="Desk", idp_identifier="G1", account_role=role)
    browser = browser_of(holder(cast.acme, Permission.MANAGE_USERS, name="helpdesk"))
    page = browser.get(f"/groups/{group.pk}/roles")
    assertContains(page, "to give Manage Users.")
    assertContains(page, BUTTON)
    assert ask(browser, okta, "enable").status_code == 404
    assertRedirects(browser.post(f"/sso/{okta.pk}/ask", {"what": "groups", "note": "Desk"}), "/groups")
    assert "Their note: “Desk”" in Alert.objects.get().sentence
