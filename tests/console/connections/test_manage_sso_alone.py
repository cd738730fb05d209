"""Attacks through the pages by somebody with Manage Single Sign-On alone, who runs an identity provider of their own.

Each ends with nobody signed in who could not before, and with no permission that the attacker did not have.
"""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from accounts.audit.audit import OPERATOR
from accounts.connections import drafts
from accounts.models import AccountRole, Connection, EmailDomain, Group, LoginRecord, SignInTransaction, User
from accounts.permissions import ACCOUNT_ADMIN, Permission
from accounts.rights import account_permissions
from accounts.users import users
from common.outbound import dns_records
from spaces.sign_in_rules import placement_of, version_of
from tests.conftest import LogIn
from tests.support.cast import Cast
from tests.support.drafts import draft_of
from tests.support.enforcing import enforce
from tests.support.factories import claims
from tests.support.holders import browser_of, holder
from tests.support.journeys import SamlJourney, signed_connection
from tests.support.saml_keys import key_pair
from tests.support.saml_signing import Signing

pytestmark = pytest.mark.django_db
EVIL = key_pair("evil").certificate
YES = {"confirmed": "yes"}
PEOPLE = {"just_in_time": "on", "update_policy": "everything", "default_role": "Space Admin", "default_space": "Trial"}


@pytest.fixture
def mallory(cast: Cast) -> User:
    return holder(cast.acme, Permission.MANAGE_SSO)


@pytest.fixture
def browser(mallory: User) -> Client:
    return browser_of(mallory)


@pytest.fixture
def okta(cast: Cast) -> Connection:
    """The company's own, live."""
    return signed_connection(cast.acme, name="Okta", update_policy="everything")


@pytest.fixture
def admin_role(cast: Cast) -> AccountRole:
    return users.role_named(cast.acme, ACCOUNT_ADMIN)


def fresh(connection: Connection) -> Connection:
    return Connection.objects.get(pk=connection.pk)


def signs_in(connection: Connection, key: str = "evil") -> bool:
    """As Petra, whom nobody is yet at the identity provider, with a message that this key signed."""
    journey = SamlJourney(connection)
    if journey.start().status_code == 404:
        return False
    answer = journey.follow(journey.post(journey.message(email="petra@acme.example", signing=Signing(key=key))))
    return answer.status_code in (302, 303) and "_auth_user_id" in journey.browser.session


def test_the_companys_own_provider_signs_people_in(okta: Connection) -> None:
    """Else the rest would prove nothing."""
    assert signs_in(okta, key="idp")


def test_a_certificate_of_their_own_signs_nobody_in(browser: Client, okta: Connection) -> None:
    browser.post(f"/sso/{okta.pk}/certificates", {"text": EVIL})
    version = drafts.version_of(draft_of(okta))
    browser.post(f"/sso/{okta.pk}/draft/publish", {**YES, "version": version, "allow": "Manage Users"})
    assert EVIL not in fresh(okta).idp_certificates
    assert not signs_in(okta)


def test_nor_by_way_of_a_disabled_connection(browser: Client, okta: Connection) -> None:
    browser.post(f"/sso/{okta.pk}/disable", YES)
    browser.post(f"/sso/{okta.pk}/certificates", {"text": EVIL})
    browser.post(f"/sso/{okta.pk}/enable", {**YES, "version": version_of(fresh(okta))})
    assert fresh(okta).state == "disabled"
    assert not signs_in(okta)
    assert EVIL not in fresh(okta).idp_certificates


def test_a_connection_of_their_own_stays_a_draft(browser: Client, cast: Cast) -> None:
    browser.post("/sso/new", {"name": "Mine", "kind": "okta-saml"})
    mine = Connection.objects.get()
    fields = {"way": "fields", "fields-issuer": "http://evil", "fields-sso_url": "https://evil.example/sso"}
    browser.post(f"/sso/{mine.pk}/provider", fields)
    browser.post(f"/sso/{mine.pk}/certificates", {"text": EVIL})
    browser.post(f"/sso/{mine.pk}/enable", YES)
    browser.post(f"/sso/{mine.pk}/enable", {**YES, "version": version_of(fresh(mine))})
    assert fresh(mine).state == "draft"
    assert not signs_in(mine)


def test_account_admin_is_not_ticked_as_a_role_that_may_be_given(
    browser: Client, okta: Connection, admin_role: AccountRole, mallory: User, log_in: LogIn
) -> None:
    browser.post(f"/sso/{okta.pk}/people", {**PEOPLE, "grantable": [str(admin_role.pk)], "agreed": [*Permission]})
    browser.post(f"/sso/{okta.pk}/allow", {"allow": ", ".join(Permission)})
    log_in(claims(okta, email="new@acme.example", account_role=ACCOUNT_ADMIN), okta)
    assert account_permissions(User.objects.get(email="new@acme.example")) == set()
    assert account_permissions(mallory) == {Permission.MANAGE_SSO}


def test_nor_on_a_draft_that_an_admin_enables_later(browser: Client, okta: Connection, admin_role: AccountRole) -> None:
    Connection.objects.update(state="draft")
    browser.post(f"/sso/{okta.pk}/people", {**PEOPLE, "grantable": [str(admin_role.pk)], "agreed": [*Permission]})
    assert not fresh(okta).grantable_account_roles.exists()
    assert not fresh(okta).agreed_permissions


def test_the_group_of_the_admins_is_not_given_by_naming_it(
    cast: Cast, okta: Connection, admin_role: AccountRole, log_in: LogIn
) -> None:
    Group.objects.create(account=cast.acme, name="Admins", idp_identifier="admins", account_role=admin_role)
    done = log_in(claims(okta, email="new@acme.example", group_ids=("admins",)), okta)
    assert account_permissions(done.user) == set()


def test_a_domain_is_not_added_or_checked(
    browser: Client, okta: Connection, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dns_records, "txt_records", lambda _: ["torque-domain-verification=t"])
    browser.post(f"/sso/{okta.pk}/domains", {"domain": "evil.example"})
    assert not EmailDomain.objects.filter(domain="evil.example").exists()
    row = EmailDomain.objects.create(account=cast.acme, domain="evil.example", proof_token="t")
    okta.domains.add(row, through_defaults={"account": cast.acme})
    browser.post(f"/sso/{okta.pk}/domains/{row.pk}/check")
    assert EmailDomain.objects.get(pk=row.pk).proved_at is None


def test_changed_metadata_that_is_held_is_not_approved(browser: Client, okta: Connection) -> None:
    held = {"idp_entity_id": "http://evil", "sso_url": "https://evil.example", "idp_certificates": EVIL}
    held |= {"slo_url": "", "slo_response_url": "", "why": "It is another.", "digest": "d"}
    Connection.objects.update(metadata_held={**held, "slo_by_post": False})
    browser.post(f"/sso/{okta.pk}/metadata/approve", YES)
    assert fresh(okta).idp_certificates == okta.idp_certificates


@pytest.mark.parametrize(
    ("tab", "fields"),
    [
        ("people", PEOPLE),
        ("general", {"name": "Okta", "clock_skew": "300", "allow_idp_initiated": "on"}),
        ("attributes", {"subject": "email"}),
    ],
)
def test_what_a_live_connection_takes_stays(
    browser: Client, okta: Connection, tab: str, fields: dict[str, Any]
) -> None:
    before = version_of(fresh(okta))
    browser.post(f"/sso/{okta.pk}/{tab}", fields)
    assert version_of(fresh(okta)) == before
    assert placement_of(okta) is None


def test_users_are_not_unlinked_to_be_found_by_email(browser: Client, okta: Connection, log_in: LogIn) -> None:
    """Without their identity another connection would find them by e-mail."""
    log_in(claims(okta), okta)
    browser.post(f"/sso/{okta.pk}/disable", YES)
    browser.post(f"/sso/{okta.pk}/delete", YES)
    assert Connection.objects.filter(pk=okta.pk).exists()


def test_passwords_are_not_opened_again(browser: Client, cast: Cast) -> None:
    enforce(cast)
    browser.post("/sso/enforcement/lift", YES)
    cast.acme.refresh_from_db()
    assert cast.acme.sso_enforced_at is not None


def test_recovery_codes_are_not_shown(browser: Client, cast: Cast) -> None:
    enforce(cast)
    page = browser.post("/sso/enforcement/codes", YES, follow=True)
    assert "codes" not in page.context


def test_an_admin_who_enables_what_was_swapped_meanwhile_enables_nothing(
    browser: Client, okta: Connection, cast: Cast
) -> None:
    Connection.objects.update(state="draft")
    seen = version_of(fresh(okta))
    browser.post(f"/sso/{okta.pk}/certificates", {"text": EVIL})
    browser_of(cast.alice).post(f"/sso/{okta.pk}/enable", {**YES, "version": seen})
    assert fresh(okta).state == "draft"


def test_a_test_login_with_their_own_provider_signs_nobody_in(browser: Client, okta: Connection, mallory: User) -> None:
    drafts.change_settings(okta, {"idp_certificates": EVIL}, acting=OPERATOR)
    journey = SamlJourney(okta, browser)
    answer = browser.get(f"/sso/{okta.pk}/test?draft=1")
    journey.relay_state = parse_qs(urlsplit(answer.headers["Location"]).query)["RelayState"][0]
    journey.request_id = SignInTransaction.objects.get().request_id
    journey.follow(journey.post(journey.message(email="alice@acme.example", signing=Signing(key="evil"))))
    assert LoginRecord.objects.get().outcome == "refused"  # Alice has a password
    assert browser.session["_auth_user_id"] == str(mallory.pk)
