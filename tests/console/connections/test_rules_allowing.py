"""Permissions that logins may assign: allowed when enabling or publishing, on the User access page, or on a group."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.audit.audit import OPERATOR
from accounts.connections import drafts
from accounts.connections.certificates.certificates import fingerprint
from accounts.models import Connection, EmailDomain, Group
from accounts.permissions import ACCOUNT_ADMIN
from accounts.users import users
from spaces.sign_in_rules import version_of
from tests.support.cast import Cast
from tests.support.drafts import draft_of
from tests.support.saml_keys import key_pair

pytestmark = pytest.mark.django_db
ALL = "Manage Roles, Manage Single Sign-On, Manage Spaces, Manage Users, View Audit Log"
PEOPLE = {"just_in_time": "on", "update_policy": "contact", "default_role": "Space Member"}


@pytest.fixture
def admins(cast: Cast) -> Group:
    """Mapped in some way that agreed to nothing."""
    role = users.role_named(cast.acme, ACCOUNT_ADMIN)
    return Group.objects.create(account=cast.acme, name="Admins", idp_identifier="G1", account_role=role)


def agreed(connection: Connection) -> list[str]:
    return Connection.objects.get(pk=connection.pk).agreed_permissions or []


def test_enabling_asks_which_groups_logins_may_give(as_alice: Client, okta: Connection, admins: Group) -> None:
    Connection.objects.update(state="draft")
    address = f"/sso/{okta.pk}/enable"
    question = as_alice.get(address)
    assertContains(question, "Allow logins through Okta to assign")
    assertContains(question, f"Group &#x27;Admins&#x27;: {ALL}")
    yes = {"confirmed": "yes", "version": version_of(Connection.objects.get())}
    as_alice.post(address, {**yes, "allow": ALL})
    assert agreed(okta) == ALL.split(", ")


def test_without_a_tick_nothing_is_agreed_to(as_alice: Client, okta: Connection, admins: Group) -> None:
    Connection.objects.update(state="draft")
    yes = {"confirmed": "yes", "version": version_of(Connection.objects.get())}
    as_alice.post(f"/sso/{okta.pk}/enable", yes)
    row = Connection.objects.get()
    assert (row.state, agreed(row)) == ("live", [])


def test_what_was_changed_after_it_was_looked_at_is_not_enabled(as_alice: Client, okta: Connection, cast: Cast) -> None:
    Connection.objects.update(state="draft")
    yes = {"confirmed": "yes", "version": version_of(Connection.objects.get())}
    Connection.objects.update(sso_url="https://evil.example/sso")
    assertContains(as_alice.post(f"/sso/{okta.pk}/enable", yes, follow=True), "changed in the meantime")
    assert Connection.objects.get().state == "draft"


def test_the_question_names_all_that_a_login_depends_on(as_alice: Client, okta: Connection, cast: Cast) -> None:
    Connection.objects.update(state="draft", metadata_url="https://idp.example/metadata", clock_skew=299)
    EmailDomain.objects.create(account=cast.acme, domain="free.example", proved_at="2026-01-01T00:00:00Z")
    page = as_alice.get(f"/sso/{okta.pk}/enable")
    certificate = fingerprint(key_pair("idp").certificate)
    for result in (okta.idp_entity_id, okta.sso_url, "https://idp.example/metadata", "299 seconds", certificate):
        assertContains(page, result)
    assertContains(page, "acme.example")
    assertNotContains(page, "free.example")  # attached to no connection: no login finds anybody by it


def test_enabling_again_says_that_its_draft_stays_one(as_alice: Client, okta: Connection) -> None:
    Connection.objects.update(state="disabled")
    drafts.change_settings(okta, {"sso_url": "https://moved.example/sso"}, acting=OPERATOR)
    page = as_alice.get(f"/sso/{okta.pk}/enable")
    assertContains(page, "This does not publish the draft")
    assertContains(page, okta.sso_url)
    assertNotContains(page, "moved.example")


def test_publishing_asks_too(as_alice: Client, okta: Connection, admins: Group) -> None:
    drafts.change_settings(okta, {"sso_url": "https://moved.example/sso"}, acting=OPERATOR)
    address = f"/sso/{okta.pk}/draft/publish"
    assertContains(as_alice.post(address), "Group &#x27;Admins&#x27;")
    yes = {"confirmed": "yes", "version": drafts.version_of(draft_of(okta)), "allow": ALL}
    as_alice.post(address, yes)
    assert agreed(okta) == ALL.split(", ")


def test_the_people_page_shows_and_changes_it(as_alice: Client, okta: Connection, admins: Group) -> None:
    address = f"/sso/{okta.pk}/people"
    assertContains(as_alice.get(address), "not assigned by logins")
    as_alice.post(address, {**PEOPLE, "agreed": ALL.split(", ")})
    assertNotContains(as_alice.get(address), "not assigned by logins")
    as_alice.post(address, {**PEOPLE, "agreed": ["Manage Users"]})
    assert agreed(okta) == ["Manage Users"]


def test_one_press_on_the_page_of_the_group_allows_it(as_alice: Client, okta: Connection, admins: Group) -> None:
    page = as_alice.get(f"/groups/{admins.pk}/roles")
    assertContains(page, "Allow for Okta")
    answer = as_alice.post(f"/sso/{okta.pk}/allow", {"allow": ALL})
    assertRedirects(answer, f"/sso/{okta.pk}/people")
    assertNotContains(as_alice.get(f"/groups/{admins.pk}/roles"), "Allow for Okta")


def test_what_is_no_permission_is_shown(as_alice: Client, okta: Connection) -> None:
    page = as_alice.post(f"/sso/{okta.pk}/allow", {"allow": "Fly"}, follow=True)
    assertContains(page, "Expected account permissions; received Fly")
