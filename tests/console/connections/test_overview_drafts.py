"""A draft on the pages of its connection: what differs, a test of it, and the two answers."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.audit.audit import OPERATOR
from accounts.connections import drafts, enforcement
from accounts.connections.certificates.certificates import fingerprint
from accounts.connections.certificates.changes import add_certificates, remove_certificate
from accounts.models import Connection, ConnectionDraft, LoginRecord, SignInTransaction
from tests.support.cast import Cast
from tests.support.drafts import draft_of
from tests.support.enforcing import passed_test
from tests.support.journeys import SamlJourney, signed_connection
from tests.support.saml_keys import key_pair
from tests.support.saml_signing import Signing

pytestmark = pytest.mark.django_db
MOVED = "https://moved.example/sso"


@pytest.fixture
def moving(okta: Connection) -> Connection:
    drafts.change_settings(okta, {"sso_url": MOVED}, acting=OPERATOR)
    return okta


@pytest.fixture
def rolling(cast: Cast) -> Connection:
    """Its draft trusts another certificate, and that one alone."""
    connection = signed_connection(cast.acme)
    add_certificates(connection, key_pair("next").certificate, acting=OPERATOR)
    remove_certificate(connection, fingerprint(key_pair("idp").certificate), acting=OPERATOR)
    return connection


def begin_test(cast: Cast, connection: Connection, query: str = "?draft=1") -> SamlJourney:
    journey = SamlJourney(connection)
    journey.browser.force_login(cast.alice, "accounts.authentication.AccountBackend")
    answer = journey.browser.get(f"/sso/{connection.pk}/test{query}")
    journey.relay_state = parse_qs(urlsplit(answer.headers["Location"]).query)["RelayState"][0]
    journey.request_id = SignInTransaction.objects.latest("created_at").request_id
    return journey


def finish(journey: SamlJourney, signed_by: str) -> LoginRecord:
    journey.follow(journey.post(journey.message(signing=Signing(key=signed_by))))
    return LoginRecord.objects.latest("at")


def test_the_live_connection_serves_while_its_draft_is_tested(cast: Cast, rolling: Connection) -> None:
    journey = begin_test(cast, rolling)
    assert SamlJourney(rolling).log_in().headers["Location"] == "/"
    tested = finish(journey, "next")
    assert tested.outcome == "tested"
    assert "with the settings of the draft" in str(tested.steps)
    assert drafts.lacking_test(draft_of(rolling)) == ""
    assert SamlJourney(rolling).log_in(email="erin@acme.example").headers["Location"] == "/"


def test_each_of_the_two_takes_only_its_own_certificate(cast: Cast, rolling: Connection) -> None:
    assert finish(begin_test(cast, rolling), "idp").outcome == "refused"
    assert finish(begin_test(cast, rolling, ""), "next").outcome == "refused"
    journey = SamlJourney(rolling)
    journey.start()
    assert finish(journey, "next").outcome == "refused"


def test_a_draft_that_was_changed_during_its_test_is_not_tested(cast: Cast, rolling: Connection) -> None:
    journey = begin_test(cast, rolling)
    drafts.change_settings(rolling, {"sso_url": MOVED}, acting=OPERATOR)
    assert finish(journey, "next").settings_digest == ""
    assert drafts.lacking_test(draft_of(rolling)) == "No test of exactly this draft has passed."


def test_the_test_goes_where_the_draft_says(as_alice: Client, moving: Connection) -> None:
    assert as_alice.get(f"/sso/{moving.pk}/test?draft=1").headers["Location"].startswith(MOVED)
    assert as_alice.get(f"/sso/{moving.pk}/test").headers["Location"].startswith(moving.sso_url)
    assert Client().get(f"/login/sso/{moving.pk}").headers["Location"].startswith(moving.sso_url)


def test_every_page_shows_what_differs(as_alice: Client, moving: Connection) -> None:
    for path in ("", "/general", "/people", "/domains"):
        assertContains(as_alice.get(f"/sso/{moving.pk}{path}"), "Unpublished draft")
    for path in ("/provider", "/certificates", "/attributes"):
        page = as_alice.get(f"/sso/{moving.pk}{path}")
        assertContains(page, "You are viewing a draft")
        assertContains(page, f"<li>{moving.sso_url}</li>", html=True)
        assertContains(page, f"<li>{MOVED}</li>", html=True)
        assertContains(page, "No test of exactly this draft has passed.")


def test_publishing_asks_and_says_that_nothing_was_tested(as_alice: Client, moving: Connection) -> None:
    question = as_alice.post(f"/sso/{moving.pk}/draft/publish")
    assertContains(question, "No test of exactly this draft has passed.")
    assertContains(question, MOVED)
    assert Connection.objects.get().sso_url == moving.sso_url
    yes = {"confirmed": "yes", "version": drafts.version_of(draft_of(moving))}
    page = as_alice.post(f"/sso/{moving.pk}/draft/publish", yes, follow=True)
    assertRedirects(page, f"/sso/{moving.pk}")
    assertContains(page, "Draft published")
    assertNotContains(page, "Unpublished draft")
    assert Connection.objects.get().sso_url == MOVED


def test_with_sso_enforced_it_says_at_once_that_a_test_is_needed(
    as_alice: Client, moving: Connection, cast: Cast
) -> None:
    passed_test(moving, cast.alice)
    enforcement.enforce_sso(cast.acme, acting=OPERATOR)
    page = as_alice.post(f"/sso/{moving.pk}/draft/publish", follow=True)
    assertContains(page, "Expected a passed test of exactly this draft, because SSO is enforced.")
    assert Connection.objects.get().sso_url == moving.sso_url


def test_discarding_asks(as_alice: Client, moving: Connection) -> None:
    question = as_alice.post(f"/sso/{moving.pk}/draft/throw-away")
    assertContains(question, "Live settings do not change.")
    yes = {"confirmed": "yes", "version": drafts.version_of(draft_of(moving))}
    assertContains(as_alice.post(f"/sso/{moving.pk}/draft/throw-away", yes, follow=True), "Draft discarded")
    assert not ConnectionDraft.objects.exists()


@pytest.mark.parametrize("what", ["publish", "throw-away"])
def test_without_a_draft_there_is_nothing_to_answer(as_alice: Client, okta: Connection, what: str) -> None:
    assertContains(as_alice.post(f"/sso/{okta.pk}/draft/{what}", follow=True), "There is no draft of")


@pytest.mark.parametrize("what", ["publish", "throw-away"])
def test_the_draft_of_another_account_is_out_of_reach(as_alice: Client, theirs: Connection, what: str) -> None:
    drafts.change_settings(theirs, {"sso_url": MOVED}, acting=OPERATOR)
    yes = {"confirmed": "yes", "version": drafts.version_of(draft_of(theirs))}
    assert as_alice.post(f"/sso/{theirs.pk}/draft/{what}", yes).status_code == 404
    assert as_alice.get(f"/sso/{theirs.pk}/test?draft=1").status_code == 404
    assert ConnectionDraft.objects.exists()
