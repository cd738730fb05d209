"""Enforcing SSO: only after a test of exactly the live settings by an account admin, and never for everybody."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.audit.audit import OPERATOR
from accounts.connections import connections, enforcement
from accounts.errors import ActionRefused
from accounts.models import Account, AccountRole, AuditEntry, Connection, ExternalIdentity, RecoveryCode, User
from accounts.models.user import UserState
from accounts.passwords import recovery_codes
from accounts.permissions import ACCOUNT_MEMBER
from accounts.tokens import tokens
from tests.support.cast import Cast
from tests.support.enforcing import enforce, passed_test
from tests.support.factories import saml_connection
from tests.support.holders import browser_of

pytestmark = pytest.mark.django_db


def is_enforced(account: Account) -> bool:
    return Account.objects.get(pk=account.pk).sso_enforced_at is not None


def refused(cast: Cast, match: str) -> None:
    with pytest.raises(ActionRefused, match=match):
        enforcement.enforce_sso(cast.acme, acting=OPERATOR)
    assert not is_enforced(cast.acme)
    assert not RecoveryCode.objects.exists()


def test_it_is_refused_without_a_live_connection(cast: Cast) -> None:
    passed_test(saml_connection(cast.acme, state="draft", idp_certificates="x"), cast.alice)
    refused(cast, "received none that is live")


def test_it_is_refused_without_a_test(cast: Cast, okta: Connection) -> None:
    refused(cast, "Okta: No test login has passed yet")


def test_it_is_refused_when_settings_were_changed_after_the_test(cast: Cast, okta: Connection) -> None:
    passed_test(okta, cast.alice)
    Connection.objects.update(sso_url="https://acme.okta.example/other")
    refused(cast, "Its settings were changed after the last test")


def test_it_is_refused_when_a_domain_was_added_after_the_test(cast: Cast, okta: Connection) -> None:
    passed_test(okta, cast.alice)
    domain = connections.claim_verified_domain(cast.acme, "acme.test", acting=OPERATOR)
    okta.domains.add(domain, through_defaults={"account": cast.acme})
    refused(cast, "Its settings were changed")


def test_settings_that_are_as_they_were_tested_again_are_fine(cast: Cast, okta: Connection) -> None:
    passed_test(okta, cast.alice)
    Connection.objects.update(clock_skew=10)
    Connection.objects.update(clock_skew=okta.clock_skew)
    assert enforcement.enforce_sso(cast.acme, acting=OPERATOR)


@pytest.mark.parametrize("outcome", ["refused", "signed-in"])
def test_only_a_test_that_passed_counts(cast: Cast, okta: Connection, outcome: str) -> None:
    record = passed_test(okta, cast.alice)
    type(record).objects.update(outcome=outcome)
    refused(cast, "No test login has passed yet")


def test_a_test_is_good_for_a_day(cast: Cast, okta: Connection) -> None:
    passed_test(okta, cast.alice, hours_ago=24.1)
    refused(cast, "older than 24 hours")


@pytest.mark.parametrize("change", ["other tester", "role", "state"])
def test_the_tester_has_to_be_an_account_admin_still(cast: Cast, okta: Connection, change: str) -> None:
    passed_test(okta, cast.bob if change == "other tester" else cast.alice)
    member = AccountRole.objects.get(account=cast.acme, name=ACCOUNT_MEMBER)
    values = {"role": {"account_role": member}, "state": {"state": UserState.DEPROVISIONED}}
    if change in values:
        User.objects.filter(pk=cast.alice.pk).update(**values[change])
    refused(cast, "not one by somebody who is an account admin now")


def test_a_test_in_another_account_does_not_count(cast: Cast, okta: Connection) -> None:
    passed_test(saml_connection(cast.globex, name="Okta"), cast.charlie)
    refused(cast, "No test login")


def test_one_of_several_connections_is_enough(cast: Cast, okta: Connection) -> None:
    passed_test(saml_connection(cast.acme, name="Azure"), cast.alice)
    assert enforcement.enforce_sso(cast.acme, acting=OPERATOR)


def test_it_is_refused_when_no_admin_could_come_in(cast: Cast, okta: Connection) -> None:
    """R19."""
    passed_test(okta, cast.alice)
    User.objects.filter(pk=cast.alice.pk).update(origin="sso", password="!")
    refused(cast, "Expected an account admin who could still log in")


def test_an_admin_who_is_known_at_a_live_connection_is_enough(cast: Cast, okta: Connection) -> None:
    passed_test(okta, cast.alice)
    User.objects.filter(pk=cast.alice.pk).update(origin="sso", password="!")
    ExternalIdentity.objects.create(account=cast.acme, connection=okta, user=cast.alice, subject="00u1", issuer="i")
    assert enforcement.enforce_sso(cast.acme, acting=OPERATOR)


def test_it_is_written_down_once_with_the_test_it_rests_on(cast: Cast, okta: Connection) -> None:
    record = passed_test(okta, cast.alice)
    enforcement.enforce_sso(cast.acme, acting=OPERATOR)
    changes = AuditEntry.objects.get(action="account.sso-enforced").changes
    assert changes["tested_by"] == [None, record.reference]
    assert changes["people_shut_out"] == [0, 1]


def test_it_is_for_one_account(cast: Cast) -> None:
    enforce(cast)
    assert is_enforced(cast.acme)
    assert not is_enforced(cast.globex)
    assert not RecoveryCode.objects.exclude(account=cast.acme).exists()


def test_a_second_time_is_refused_and_leaves_the_codes_alone(cast: Cast) -> None:
    enforce(cast)
    with pytest.raises(ActionRefused, match="Acme does"):
        enforcement.enforce_sso(cast.acme, acting=OPERATOR)
    assert recovery_codes.left(cast.acme) == 10


def test_what_members_opened_with_a_password_ends_at_once(cast: Cast) -> None:
    browser = browser_of(cast.bob)
    _, text = tokens.issue_short_token(cast.bob)
    enforce(cast)
    assert browser.get("/api/me").status_code == 401
    assert tokens.find_live(text) is None


def test_api_tokens_and_company_sessions_go_on(cast: Cast) -> None:
    browser = browser_of(cast.bob)
    cast.bob.signed_in_sessions.update(connection=saml_connection(cast.acme))
    _, text = tokens.issue_token(cast.bob, "CI", [], acting=OPERATOR)
    enforce(cast)
    assert browser.get("/api/me").status_code == 200
    assert tokens.find_live(text) is not None


def test_a_session_opened_just_then_ends_too(cast: Cast) -> None:
    enforce(cast)
    browser = browser_of(cast.bob)
    assert browser.get("/api/me").status_code == 401


def test_a_short_token_requested_just_then_is_refused(cast: Cast) -> None:
    enforce(cast)
    with pytest.raises(ActionRefused):
        tokens.issue_short_token(cast.bob)


def test_an_admin_who_becomes_a_member_is_shut_out_too(cast: Cast) -> None:
    browser = browser_of(cast.alice)
    enforce(cast)
    assert browser.get("/api/me").status_code == 200
    User.objects.filter(pk=cast.alice.pk).update(account_role=cast.bob.account_role)
    assert browser.get("/api/me").status_code == 401


def test_lifting_allows_passwords_again_and_invalidates_the_codes(cast: Cast) -> None:
    codes = enforce(cast)
    assert enforcement.lift_enforcement(cast.acme, acting=OPERATOR)
    assert not is_enforced(cast.acme)
    assert recovery_codes.use(cast.alice.email, codes[0], ip_address=None) is None
    changes = AuditEntry.objects.get(action="account.sso-enforcement-lifted").changes
    assert changes == {"sso_enforced": [True, False], "recovery_codes": [10, 0]}


def test_lifting_what_is_not_enforced_does_nothing(cast: Cast) -> None:
    assert not enforcement.lift_enforcement(cast.acme, acting=OPERATOR)
    assert not AuditEntry.objects.filter(action="account.sso-enforcement-lifted").exists()


def test_the_page_and_the_step_ask_the_same(cast: Cast, okta: Connection) -> None:
    passed_test(okta, cast.alice)
    (ready,) = enforcement.readiness(cast.acme)
    assert (ready.lacking, ready.test is not None) == ("", True)
    assert timezone.now() - ready.test.at < timedelta(minutes=1)
