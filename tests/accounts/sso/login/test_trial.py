"""A test of a connection by its admin: the whole way to the identity provider, and nothing comes of it."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains

from accounts.connections.settings_digest import digest_of
from accounts.models import AuditEntry, Connection, LoginRecord, User
from tests.support.cast import Cast
from tests.support.factories import oidc_connection
from tests.support.journeys import SamlJourney, signed_connection
from tests.support.oidc_messages import Web

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial(cast: Cast) -> SamlJourney:
    """Alice's browser, sent to the IdP of a connection that is not live yet."""
    journey = SamlJourney(signed_connection(cast.acme, state="draft"))
    journey.browser.force_login(cast.alice, "accounts.authentication.AccountBackend")
    journey.start_test()
    return journey


def test_it_shows_what_would_happen_and_changes_nobody(trial: SamlJourney) -> None:
    before = (User.objects.count(), AuditEntry.objects.count())
    answer = trial.follow(trial.post(trial.message(email="petra@acme.example")))
    record = LoginRecord.objects.get()
    assert (record.outcome, record.beginning) == ("tested", "test")
    assert answer.headers["Location"] == f"/logins/{record.reference}"
    assert (User.objects.count(), AuditEntry.objects.count()) == before
    assert User.objects.get(email="petra@acme.example").state == "pending"
    assertContains(trial.follow(answer), "petra@acme.example was pending and is active now")


def test_nobody_is_signed_in_by_it(cast: Cast, trial: SamlJourney) -> None:
    trial.follow(trial.post(trial.message()))
    assert trial.browser.get("/api/me").json()["email"] == cast.alice.email


def test_what_is_wrong_is_shown_to_the_admin_at_once(trial: SamlJourney) -> None:
    answer = trial.follow(trial.post(trial.message(issuer="https://evil.example")))
    page = trial.follow(answer)
    assertContains(page, "saml-issuer")
    assert LoginRecord.objects.get().outcome == "refused"


def test_only_the_admin_who_began_it_may_finish(cast: Cast, trial: SamlJourney) -> None:
    trial.browser.logout()
    trial.follow(trial.post(trial.message()))
    assert LoginRecord.objects.get().reason in ("cookies-missing", "test-of-another")
    assert not User.objects.filter(email="dana@acme.example").exists()


def test_a_connection_that_is_not_live_is_tried_on_no_other_page(cast: Cast, trial: SamlJourney) -> None:
    assert Client().get(f"/login/sso/{trial.connection.pk}").status_code == 404
    trial.relay_state, trial.request_id = "", ""
    assert trial.post(trial.message()).status_code == 404


def test_a_member_cannot_begin_one(cast: Cast, trial: SamlJourney) -> None:
    member = Client()
    member.force_login(cast.bob, "accounts.authentication.AccountBackend")
    assert member.get(f"/sso/{trial.connection.pk}/test").status_code == 403


def test_a_provider_that_does_not_answer_is_a_refused_test(cast: Cast, web: Web) -> None:
    azure = oidc_connection(cast.acme, state="draft")  # nothing is published
    browser = Client()
    browser.force_login(cast.alice, "accounts.authentication.AccountBackend")
    answer = browser.get(f"/sso/{azure.pk}/test")
    record = LoginRecord.objects.get()
    assert (record.beginning, record.outcome, record.reason) == ("test", "refused", "idp-unreachable")
    assertContains(browser.get(answer.headers["Location"]), "openid-configuration")


def test_a_request_that_cannot_be_signed_is_a_refused_test(cast: Cast) -> None:
    okta = signed_connection(cast.acme, state="draft", sign_requests=True)  # without a key of ours
    browser = Client()
    browser.force_login(cast.alice, "accounts.authentication.AccountBackend")
    assert browser.get(f"/sso/{okta.pk}/test").status_code == 303
    assert LoginRecord.objects.get().beginning == "test"


def test_it_remembers_who_tested_exactly_which_settings(cast: Cast, trial: SamlJourney) -> None:
    trial.follow(trial.post(trial.message()))
    record = LoginRecord.objects.get()
    assert (record.tester, record.settings_digest) == (cast.alice, digest_of(trial.connection))


def test_settings_that_change_while_the_tester_is_at_the_idp_count_as_untested(trial: SamlJourney) -> None:
    Connection.objects.update(clock_skew=30)
    answer = trial.follow(trial.post(trial.message()))
    assert LoginRecord.objects.get().settings_digest == ""
    assertContains(trial.follow(answer), "Settings were changed during this test")
