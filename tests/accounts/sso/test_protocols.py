"""An encryption key that is lost: the login is refused with a code, the pages say who does what, nothing is a 500."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from accounts.audit.audit import OPERATOR
from accounts.authentication import BACKEND
from accounts.connections import changes as connection_changes
from accounts.connections import drafts
from accounts.connections.certificates import expiry
from accounts.connections.certificates.changes import replace_lost_key
from accounts.connections.checks import check_all
from accounts.connections.provider import graph
from accounts.connections.provider.graph import GraphUnavailable
from accounts.connections.settings_digest import digest_of
from accounts.errors import ActionRefused
from accounts.models import Alert, AuditEntry, Connection, ConnectionDraft, LoginRecord, SignedInSession
from accounts.sso.saml import service_provider
from tests.support.cast import Cast
from tests.support.drafts import draft_of
from tests.support.factories import TENANT, oidc_connection
from tests.support.journeys import OidcJourney, SamlJourney, signed_connection
from tests.support.logouts import Visit, answered, logout_connection, statuses
from tests.support.oidc_messages import Provider, Web, shape
from tests.support.saml_encryption import encrypt_id
from tests.support.saml_keys import key_pair
from tests.support.saml_messages import find, removing

pytestmark = pytest.mark.django_db
ANOTHER = ["another key that is long enough 0123456789"]
OUR_KEY = {"sp_private_key": key_pair("sp").private_pem, "sp_certificate": key_pair("sp").certificate}
CANNOT_BE_READ = "cannot be read with the encryption keys of this installation (its key is none of them)"


@pytest.fixture
def lose_the_key(settings: Any) -> Any:
    def lose() -> None:
        settings.ENCRYPTION_KEYS = ANOTHER

    return lose


@pytest.fixture
def azure(cast: Cast, web: Web) -> OidcJourney:
    connection = oidc_connection(cast.acme, name="Azure", flow="code", client_secret="s3cret")
    return OidcJourney(Provider(connection, web, shape("entra/oidc/member.json")))


@pytest.fixture
def as_alice(cast: Cast) -> Client:
    browser = Client()
    browser.force_login(cast.alice, BACKEND)
    return browser


# --- Logging in -----------------------------------------------------------------------------------


def test_a_login_by_code_is_refused_with_a_reference_and_works_once_the_secret_is_entered_again(
    azure: OidcJourney, lose_the_key: Any
) -> None:
    lose_the_key()
    page = azure.log_in()
    assertContains(page, "We cannot read a key", status_code=403)
    record = LoginRecord.objects.get()
    assertContains(page, record.reference, status_code=403)
    assert record.reason == "secret-unreadable"
    assert "client secret" in record.explanation
    connection_changes.set_client_secret(azure.provider.connection, "s3cret", None, acting=OPERATOR)
    assert azure.log_in().status_code == 303


def test_a_login_that_needs_no_secret_goes_on(cast: Cast, web: Web, lose_the_key: Any) -> None:
    azure = oidc_connection(cast.acme, client_secret="s3cret")  # by id_token
    okta = signed_connection(cast.acme, **OUR_KEY)
    lose_the_key()
    assert OidcJourney(Provider(azure, web, shape("entra/oidc/member.json"))).log_in().status_code == 303
    assert SamlJourney(okta).log_in(email="erik@acme.example").status_code == 303


def test_a_signed_request_is_refused(cast: Cast, lose_the_key: Any) -> None:
    journey = SamlJourney(signed_connection(cast.acme, sign_requests=True, **OUR_KEY))
    lose_the_key()
    assertContains(journey.start(), "We cannot read a key", status_code=403)
    assert LoginRecord.objects.get().reason == "secret-unreadable"


def test_an_encrypted_assertion_is_refused(cast: Cast, lose_the_key: Any) -> None:
    journey = SamlJourney(signed_connection(cast.acme, **OUR_KEY))
    lose_the_key()
    page = journey.log_in(encrypted_for=key_pair("sp").certificate)
    assertContains(page, "We cannot read a key", status_code=403)
    assert LoginRecord.objects.get().reason == "secret-unreadable"


def test_a_sign_in_under_way_has_to_start_again(azure: OidcJourney, lose_the_key: Any) -> None:
    asked = azure.start()
    lose_the_key()
    page = azure.answer(azure.token(asked), asked)
    assertContains(page, "Please start again", status_code=403)
    assert LoginRecord.objects.get().reason == "sign-in-expired"


def test_a_test_login_is_shown_on_the_page_of_its_attempt(
    azure: OidcJourney, as_alice: Client, lose_the_key: Any
) -> None:
    lose_the_key()
    azure.browser = as_alice
    answer = as_alice.get(f"/sso/{azure.provider.connection.pk}/test")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}
    page = as_alice.get(azure.answer(azure.token(asked), asked).headers["Location"])
    assertContains(page, "secret-unreadable")


# --- Logging out ----------------------------------------------------------------------------------


def test_logging_out_here_works_without_the_identity_provider(cast: Cast, lose_the_key: Any) -> None:
    dana = Visit(logout_connection(cast.acme))
    lose_the_key()
    assert dana.logs_out().headers["Location"] == "/login"
    assert not dana.is_signed_in()


def test_a_logout_by_an_encrypted_name_is_refused_and_recorded(cast: Cast, lose_the_key: Any) -> None:
    dana = Visit(logout_connection(cast.acme))
    message = dana.message(edit=lambda root: encrypt_id(find(root, "//a:NameID"), key_pair("sp").certificate))
    lose_the_key()
    assert dana.asked_by_idp(message=message).status_code == 400
    assert LoginRecord.objects.get(reason="logout-secret-unreadable")


def test_a_page_that_posts_a_logout_leads_to_the_sign_in(cast: Cast, lose_the_key: Any) -> None:
    dana = Visit(logout_connection(cast.acme, slo_by_post=True))
    page = dana.logs_out()
    lose_the_key()
    assert dana.browser.get(page.context["address"]).headers["Location"] == "/login"


def test_a_logout_at_the_identity_provider_ends_the_session_and_is_answered_by_a_page(
    cast: Cast, lose_the_key: Any
) -> None:
    dana = Visit(logout_connection(cast.acme))
    lose_the_key()
    assert dana.asked_by_idp().headers["Location"] == "/logout/done"
    assert not dana.is_signed_in()


def test_a_logout_that_names_the_person_only_ends_it_too(cast: Cast, lose_the_key: Any) -> None:
    dana = Visit(logout_connection(cast.acme))
    lose_the_key()
    dana.asked_by_idp(message=dana.message(edit=removing("//p:SessionIndex")))
    assert not dana.is_signed_in()


def test_hints_alone_that_cannot_be_read_end_nobody_elses_session(cast: Cast, settings: Any) -> None:
    connection = logout_connection(cast.acme)
    dana, erik = Visit(connection), Visit(connection, "erik@acme.example")
    keys = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = ANOTHER
    row = SignedInSession.objects.get(user__email=erik.email)
    row.logout_hints = "{}"
    row.save()
    settings.ENCRYPTION_KEYS = keys
    assert statuses(answered(dana.asked_by_idp())) == ["Success"]
    assert (dana.is_signed_in(), erik.is_signed_in()) == (False, True)


# --- Pages, commands, background work ---------------------------------------------------------------


def test_every_page_of_the_connection_copes(
    azure: OidcJourney, cast: Cast, as_alice: Client, lose_the_key: Any
) -> None:
    okta = signed_connection(cast.acme, name="Okta", **OUR_KEY)
    drafts.change_client_secret(azure.provider.connection, "next", None, acting=OPERATOR)
    drafts.change_settings(okta, {"sso_url": "https://elsewhere.example/"}, acting=OPERATOR)
    lose_the_key()
    for connection in (azure.provider.connection, okta):
        for tab in ("", "/set-up", "/provider", "/domains", "/people", "/attributes", "/general"):
            assert as_alice.get(f"/sso/{connection.pk}{tab}").status_code == 200, f"{connection}{tab}"
    assert as_alice.get(f"/sso/{okta.pk}/certificates").status_code == 200
    for page in ("/sso", "/", "/sso/enforcement", f"/guides/entra?connection={azure.provider.connection.pk}"):
        assert as_alice.get(page).status_code == 200, page


def test_its_page_says_who_has_to_do_what_and_the_tab_too(
    azure: OidcJourney, as_alice: Client, lose_the_key: Any
) -> None:
    lose_the_key()
    address = f"/sso/{azure.provider.connection.pk}"
    for page in (as_alice.get(address), as_alice.get(f"{address}/provider")):
        assertContains(page, f"The client secret of &#x27;Azure&#x27; {CANNOT_BE_READ}. Enter it again")
    assertContains(as_alice.get("/sso"), "The client secret of")
    as_alice.post(f"{address}/secret", {"secret-client_secret": "s3cret again"})
    assertContains(as_alice.get(f"{address}/provider"), "a new secret")


def test_our_metadata_are_given_with_the_same_certificate(cast: Cast, lose_the_key: Any, client: Client) -> None:
    connection = signed_connection(cast.acme, **OUR_KEY)
    before = client.get(urlsplit(service_provider.entity_id(connection)).path).content
    lose_the_key()
    assert client.get(urlsplit(service_provider.entity_id(connection)).path).content == before


def test_the_operator_is_shown_by_check_connections(azure: OidcJourney, lose_the_key: Any) -> None:
    lose_the_key()
    (needs,) = [check.needs for check in check_all()]
    assert CANNOT_BE_READ in needs[0]


def test_an_alert_is_open_until_the_secret_is_there_again(azure: OidcJourney, lose_the_key: Any) -> None:
    lose_the_key()
    assert expiry.warn() == {"alerts_raised": 1, "alerts_resolved": 0}
    alert = Alert.objects.get()
    assert (alert.kind, CANNOT_BE_READ in alert.sentence) == ("secret-unreadable", True)
    connection_changes.set_client_secret(azure.provider.connection, "s3cret", None, acting=OPERATOR)
    assert expiry.warn() == {"alerts_raised": 0, "alerts_resolved": 1}
    assert mail.outbox == []


def test_graph_waits_until_the_secret_is_there_again(azure: OidcJourney, lose_the_key: Any) -> None:
    lose_the_key()
    connection = Connection.objects.get()
    with pytest.raises(GraphUnavailable, match=r"Microsoft Graph cannot be asked\. The client secret of 'Azure'"):
        graph.member_group_ids(connection, f"{TENANT}/{TENANT}")


def test_a_passed_test_does_not_speak_for_settings_that_cannot_be_read(azure: OidcJourney, lose_the_key: Any) -> None:
    before = digest_of(azure.provider.connection)
    lose_the_key()
    assert digest_of(Connection.objects.get()) != before


# --- Drafts ---------------------------------------------------------------------------------------


@pytest.fixture
def drafted(azure: OidcJourney) -> Connection:
    drafts.change_client_secret(azure.provider.connection, "next", None, acting=OPERATOR)
    return azure.provider.connection


def test_a_draft_whose_secret_cannot_be_read_is_not_published(drafted: Connection, lose_the_key: Any) -> None:
    lose_the_key()
    draft = draft_of(drafted)
    with pytest.raises(ActionRefused, match="The client secret of the draft cannot be read"):
        drafts.publish(drafted, drafts.version_of(draft), acting=OPERATOR)
    assert ConnectionDraft.objects.exists()


def test_its_page_says_so_and_it_can_be_entered_again(drafted: Connection, as_alice: Client, lose_the_key: Any) -> None:
    lose_the_key()
    page = as_alice.get(f"/sso/{drafted.pk}/provider")
    assertContains(page, "The client secret of the draft cannot be read")
    assertNotContains(page, "This draft passed a test")
    as_alice.post(f"/sso/{drafted.pk}/secret", {"secret-client_secret": "entered again"})
    drafts.publish(drafted, drafts.version_of(draft_of(drafted)), acting=OPERATOR)
    assert Connection.objects.get().client_secret == "entered again"


def test_such_a_draft_can_be_thrown_away(drafted: Connection, lose_the_key: Any) -> None:
    lose_the_key()
    drafts.throw_away(drafted, drafts.version_of(draft_of(drafted)), acting=OPERATOR)
    assert not ConnectionDraft.objects.exists()


def test_a_secret_that_cannot_be_read_can_be_removed_by_a_draft(azure: OidcJourney, lose_the_key: Any) -> None:
    lose_the_key()
    connection = azure.provider.connection
    drafts.change_client_secret(connection, "", None, acting=OPERATOR)
    drafts.publish(connection, drafts.version_of(draft_of(connection)), acting=OPERATOR)
    assert Connection.objects.get().client_secret == ""


# --- A new key of our own ---------------------------------------------------------------------------


def test_an_admin_makes_a_new_key_where_ours_is_lost(cast: Cast, as_alice: Client, lose_the_key: Any) -> None:
    okta = signed_connection(cast.acme, sign_requests=True, **OUR_KEY)
    lose_the_key()
    address = f"/sso/{okta.pk}/certificates"
    assertContains(as_alice.get(address), "Create new key…")
    assertContains(as_alice.post(f"{address}/own/replace"), "update the service provider metadata")
    as_alice.post(f"{address}/own/replace", {"confirmed": "yes"})
    assertNotContains(as_alice.get(address), "Create new key…")
    assert SamlJourney(okta).log_in().status_code == 303
    assert AuditEntry.objects.get(action="connection.own-key-replaced").object_id == okta.pk


def test_a_key_that_can_be_read_stays(cast: Cast) -> None:
    okta = signed_connection(cast.acme, **OUR_KEY)
    with pytest.raises(ActionRefused, match="can be read, so it stays"):
        replace_lost_key(okta, acting=OPERATOR)
