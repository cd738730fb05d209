"""A connection at a glance: enable, disable, delete, and changed metadata that waits."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.connections.provider import metadata
from accounts.login_records import record_refusal
from accounts.models import AuditEntry, Connection
from spaces.sign_in_rules import version_of
from tests.conftest import LogIn
from tests.support.cast import Cast
from tests.support.factories import claims
from tests.support.idp_metadata import published
from tests.support.oidc_messages import Web
from tests.support.saml_keys import key_pair

pytestmark = pytest.mark.django_db
URL = "https://acme.okta.example/metadata"


def state(connection: Connection) -> str:
    return str(Connection.objects.values_list("state", flat=True).get(pk=connection.pk))


def test_a_draft_says_what_it_lacks_and_has_no_button_to_enable(as_alice: Client, okta: Connection) -> None:
    Connection.objects.update(state="draft", sso_url="")
    page = as_alice.get(f"/sso/{okta.pk}")
    assertContains(page, "the IdP single sign-on URL")
    assertNotContains(page, ">Enable<")
    page = as_alice.post(f"/sso/{okta.pk}/enable", follow=True)
    assertContains(page, "The connection is not complete")
    assert state(okta) == "draft"


def test_a_complete_draft_is_enabled(as_alice: Client, okta: Connection) -> None:
    Connection.objects.update(state="draft")
    question = as_alice.post(f"/sso/{okta.pk}/enable")
    assertContains(question, okta.sso_url)
    assert state(okta) == "draft"
    yes = {"confirmed": "yes", "version": version_of(Connection.objects.get())}
    assertRedirects(as_alice.post(f"/sso/{okta.pk}/enable", yes), f"/sso/{okta.pk}")
    assert state(okta) == "live"
    assert AuditEntry.objects.get(action="connection.enabled").actor == "alice@acme.example"


def test_disabling_asks_and_says_for_how_many_it_is_the_only_way_in(
    as_alice: Client, okta: Connection, log_in: LogIn
) -> None:
    log_in(claims(okta), okta)
    page = as_alice.get(f"/sso/{okta.pk}/disable")
    assertContains(page, "1 user has no other way to sign in")
    assert state(okta) == "live"
    as_alice.post(f"/sso/{okta.pk}/disable", {"confirmed": "yes"})
    assert state(okta) == "disabled"


def test_deleting_asks_and_says_how_many_identities_go(as_alice: Client, okta: Connection, log_in: LogIn) -> None:
    log_in(claims(okta), okta)
    Connection.objects.update(state="disabled")
    assertContains(as_alice.post(f"/sso/{okta.pk}/delete"), "1 identity")
    assertRedirects(as_alice.post(f"/sso/{okta.pk}/delete", {"confirmed": "yes"}), "/sso")
    assert not Connection.objects.exists()


def test_a_live_connection_is_not_deleted(as_alice: Client, okta: Connection) -> None:
    page = as_alice.post(f"/sso/{okta.pk}/delete", {"confirmed": "yes"}, follow=True)
    assertContains(page, "Disable it before you delete it")
    assert state(okta) == "live"


@pytest.fixture
def held(okta: Connection, web: Web) -> Connection:
    web.pages[URL] = published("stranger")
    Connection.objects.update(metadata_url=URL)
    metadata.refresh(Connection.objects.get())
    return okta


def test_held_metadata_is_shown_with_its_fingerprints_and_taken_after_a_yes(as_alice: Client, held: Connection) -> None:
    assertContains(as_alice.get(f"/sso/{held.pk}"), "Metadata change awaiting approval")
    assertContains(as_alice.post(f"/sso/{held.pk}/metadata/approve"), ">Approve<")
    as_alice.post(f"/sso/{held.pk}/metadata/approve", {"confirmed": "yes"})
    assert Connection.objects.get().idp_certificates == key_pair("stranger").certificate


def test_held_metadata_is_refused(as_alice: Client, held: Connection) -> None:
    as_alice.post(f"/sso/{held.pk}/metadata/refuse")
    assert not metadata.is_held(Connection.objects.get())
    page = as_alice.post(f"/sso/{held.pk}/metadata/refuse", follow=True)
    assertContains(page, "waits for a decision")


def test_metadata_is_read_again_on_request(as_alice: Client, okta: Connection, web: Web) -> None:
    Connection.objects.update(metadata_url=URL)
    web.pages[URL] = published("idp", "next")
    page = as_alice.post(f"/sso/{okta.pk}/metadata/read", follow=True)
    assertContains(page, "changes applied")
    web.pages[URL] = b"<html>"
    page = as_alice.post(f"/sso/{okta.pk}/metadata/read", follow=True)
    assertContains(page, "a web page")


def test_the_page_of_another_protocol_costs_few_queries(
    as_alice: Client, azure: Connection, cast: Cast, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        assertContains(as_alice.get(f"/sso/{azure.pk}"), "Client secret")


def test_health_links_to_the_last_success_and_failure(as_alice: Client, okta: Connection, log_in: LogIn) -> None:
    done = log_in(claims(okta, group_ids=("Unheard of",)), okta).record
    refused = record_refusal(okta, "saml-expired", "Expected one that is valid.")
    page = as_alice.get(f"/sso/{okta.pk}")
    for received in (
        f"/logins/{done.reference}",
        f"/logins/{refused.reference}",
        "1 signed in",
        "1 refused",
        "Unheard of",
    ):
        assertContains(page, received)
    assertContains(page, "no login since")
