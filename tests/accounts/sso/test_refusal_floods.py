"""A flood of messages writes no records: what belongs to nothing is counted, the rest recorded within a limit."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from accounts import unrecorded_refusals
from accounts.models import AuditEntry, Connection, LoginRecord, SignInTransaction, UnrecordedRefusals
from accounts.sso.saml import service_provider
from tests.support.cast import Cast
from tests.support.factories import oidc_connection
from tests.support.journeys import SamlJourney, signed_connection
from tests.support.logouts import Visit, logout_connection
from tests.support.oidc_messages import Web
from tests.support.saml_logout_messages import posted
from tests.support.saml_messages import NO_REQUEST, setting
from tests.support.saml_signing import Signing

pytestmark = pytest.mark.django_db
FLOOD = 300


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unrecorded_refusals, "RECORDED_AN_HOUR", 3)


def path_of(url: str) -> str:
    return urlsplit(url).path


def counted(connection: Connection) -> UnrecordedRefusals:
    return UnrecordedRefusals.objects.get(connection=connection)


def junk(cast: Cast, way: str) -> tuple[Connection, str, dict[str, str]]:
    """A connection, its address, and a form that nobody in particular sent."""
    if way == "back-channel":
        entra = oidc_connection(cast.acme)
        return entra, f"/api/accounts/acme/oidc/{entra.pk}/logout", {"logout_token": "a.b.c"}
    okta = logout_connection(cast.acme, allow_idp_initiated=way == "ACS")
    forged = SamlJourney(okta).message(edit=NO_REQUEST, signing=Signing(key="attacker"))
    return {
        "SLO": (okta, path_of(service_provider.slo_url(okta)), {"SAMLRequest": "junk"}),
        "SLO answer": (okta, path_of(service_provider.slo_url(okta)), {"SAMLResponse": "junk"}),
        "ACS": (okta, path_of(service_provider.acs_url(okta)), {"SAMLResponse": forged}),
        "closed ACS": (okta, path_of(service_provider.acs_url(okta)), {"SAMLResponse": forged}),
    }[way]


@pytest.mark.parametrize("way", ["SLO", "SLO answer", "ACS", "closed ACS", "back-channel"])
def test_300_messages_of_nobody_are_one_row_and_no_record(cast: Cast, web: Web, way: str) -> None:
    connection, address, form = junk(cast, way)
    entries = AuditEntry.objects.count()
    assert {Client().post(address, form).status_code for _ in range(FLOOD)} <= {303, 400, 403}
    assert counted(connection).number == FLOOD
    assert not LoginRecord.objects.exists()
    assert not SignInTransaction.objects.exists()
    assert AuditEntry.objects.count() == entries


def test_the_connections_page_says_how_many_there_were_and_why_the_latest_was_refused(cast: Cast) -> None:
    connection, address, form = junk(cast, "closed ACS")
    answer = Client().post(address, form)
    assertNotContains(answer, "Reference", status_code=403)
    alice = Client()
    alice.force_login(cast.alice, "accounts.authentication.AccountBackend")
    page = alice.get(f"/sso/{connection.pk}")
    assertContains(page, "1 in 24 hours: messages that match no login")
    assertContains(page, "Allow IdP-initiated login on the connection")


def test_what_the_identity_provider_signed_stays_visible_and_bounded(cast: Cast, narrow: None) -> None:
    journey = SamlJourney(signed_connection(cast.acme))
    message = journey.message(edit=NO_REQUEST)
    assert {journey.post(message, relay_state="").status_code for _ in range(10)} == {403}
    assert [record.reason for record in LoginRecord.objects.all()] == ["saml-idp-initiated"] * 3
    assert counted(journey.connection).number == 7


def test_one_signed_message_brought_again_and_again_is_bounded(cast: Cast, narrow: None) -> None:
    journey = SamlJourney(signed_connection(cast.acme, allow_idp_initiated=True))
    message = journey.message(edit=NO_REQUEST)
    for _ in range(10):
        journey.follow(journey.post(message, relay_state=""))
        journey.browser.logout()
    assert LoginRecord.objects.filter(reason="message-replayed").count() == 3
    assert counted(journey.connection).number == 6


def test_a_verified_logout_that_is_refused_again_and_again_is_answered_and_bounded(cast: Cast, narrow: None) -> None:
    dana = Visit(logout_connection(cast.acme))
    form = posted(dana.message())
    answers = {Client().post(path_of(service_provider.slo_url(dana.connection)), form).status_code for _ in range(10)}
    assert answers == {303}
    assert LoginRecord.objects.filter(reason="logout-saml-message-replayed").count() == 3
    assert counted(dana.connection).number == 6


@pytest.mark.parametrize("again", ["another browser", "another answer", "start of another issuer"])
def test_what_is_repeated_about_one_sign_in_is_bounded(cast: Cast, narrow: None, again: str) -> None:
    journey = SamlJourney(signed_connection(cast.acme))
    journey.start()
    message = journey.message()
    kept = journey.post(message).headers["Location"]
    other = journey.message(email="eve@acme.example")
    ask: Any = {
        "another browser": lambda: Client().get(kept),
        "another answer": lambda: journey.post(other),
        "start of another issuer": lambda: Client().get(f"/login/sso/{journey.connection.pk}?iss=https://x.example"),
    }[again]
    assert {ask().status_code for _ in range(10)} == {403}
    assert (LoginRecord.objects.count(), counted(journey.connection).number) == (3, 7)


def test_a_login_whose_answer_was_taken_is_recorded_however_many_there_were(cast: Cast, narrow: None) -> None:
    journey = SamlJourney(signed_connection(cast.acme))
    wrong = setting("//a:SubjectConfirmationData", "Recipient", "https://other.example/acs")
    for _ in range(5):
        journey.log_in(edit=wrong)
    assert LoginRecord.objects.filter(reason="saml-recipient").count() == 5
    assert not UnrecordedRefusals.objects.exists()


def test_what_is_counted_for_one_connection_leaves_the_others_their_records(cast: Cast, narrow: None) -> None:
    flooded, other = (SamlJourney(signed_connection(cast.acme)) for _ in range(2))
    for _ in range(5):
        flooded.post(flooded.message(edit=NO_REQUEST), relay_state="")
    other.post(other.message(edit=NO_REQUEST), relay_state="")
    assert LoginRecord.objects.filter(connection=other.connection).count() == 1


def test_an_issuer_that_no_database_can_hold_is_refused(cast: Cast) -> None:
    connection = signed_connection(cast.acme)
    assert Client().get(f"/login/sso/{connection.pk}?iss=%00%ff").status_code == 403
