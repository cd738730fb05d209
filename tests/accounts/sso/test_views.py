"""The sign-in views over HTTP: one use, one browser, no cookies on the cross-site POST (`protocol.md` 6.4)."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import LoginRecord, SignedInSession, UnrecordedRefusals
from accounts.sso.saml import service_provider
from tests.support.cast import PASSWORD, Cast
from tests.support.factories import oidc_connection
from tests.support.journeys import SamlJourney, signed_connection
from tests.support.saml_messages import NO_REQUEST, setting

pytestmark = pytest.mark.django_db


def reason(cast: Cast) -> str:
    return LoginRecord.objects.filter(account=cast.acme).latest("at").reason


def test_a_login_works_though_the_browser_withholds_its_cookies_from_the_post(journey: SamlJourney) -> None:
    answer = journey.log_in()
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert journey.browser.get("/api/me").json()["email"] == "dana@acme.example"


def test_the_post_itself_signs_nobody_in(journey: SamlJourney) -> None:
    journey.start()
    answer = journey.post(journey.message())
    assert answer.status_code == 303
    assert "session" not in answer.cookies


def test_the_session_key_changes_at_the_login(journey: SamlJourney) -> None:
    session = journey.browser.session
    session.save()
    before = session.session_key
    journey.log_in()
    assert journey.browser.session.session_key != before


def test_the_session_key_changes_when_the_same_person_logs_in_again(journey: SamlJourney) -> None:
    journey.log_in()
    before = journey.browser.session.session_key
    journey.log_in()
    assert journey.browser.session.session_key != before
    assert SignedInSession.objects.filter(ended_at=None).count() == 1
    assert journey.browser.get("/api/me").status_code == 200


def test_an_unknown_in_response_to_is_refused(cast: Cast, journey: SamlJourney) -> None:
    assert journey.post(journey.message(request_id="idunknown")).status_code == 403
    assert reason(cast) == "saml-in-response-to"


def test_a_login_that_the_identity_provider_starts_is_refused_by_default(cast: Cast, journey: SamlJourney) -> None:
    assert journey.post(journey.message(edit=NO_REQUEST), relay_state="").status_code == 403
    assert reason(cast) == "saml-idp-initiated"


def test_a_login_that_the_identity_provider_starts_works_where_it_is_allowed(cast: Cast) -> None:
    journey = SamlJourney(signed_connection(cast.acme, allow_idp_initiated=True))
    answer = journey.follow(journey.post(journey.message(edit=NO_REQUEST), relay_state="/profile"))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/profile")


def test_a_relay_state_from_outside_leads_nowhere_else(cast: Cast) -> None:
    journey = SamlJourney(signed_connection(cast.acme, allow_idp_initiated=True))
    answer = journey.follow(journey.post(journey.message(edit=NO_REQUEST), relay_state="https://evil.example/"))
    assert answer.headers["Location"] == "/"


def test_an_unsolicited_response_is_used_once(cast: Cast) -> None:
    journey = SamlJourney(signed_connection(cast.acme, allow_idp_initiated=True))
    message = journey.message(edit=NO_REQUEST)
    journey.follow(journey.post(message, relay_state=""))
    journey.browser.logout()
    assert journey.follow(journey.post(message, relay_state="")).status_code == 403
    assert reason(cast) == "message-replayed"


def test_a_response_for_one_account_is_refused_at_the_other_accounts_address(cast: Cast) -> None:
    journey = SamlJourney(signed_connection(cast.acme))
    theirs = signed_connection(cast.globex, allow_idp_initiated=True)
    journey.start()
    answer = journey.post(journey.message(), connection=theirs)
    assert answer.status_code == 403
    assert LoginRecord.objects.get(account=cast.globex).reason == "saml-in-response-to"


def test_the_next_page_is_a_path_of_this_host(journey: SamlJourney) -> None:
    journey.start(next="/profile")
    assert journey.follow(journey.post(journey.message())).headers["Location"] == "/profile"
    journey.start(next="//evil.example")
    assert journey.follow(journey.post(journey.message())).headers["Location"] == "/"


def test_the_session_ends_when_the_identity_provider_says_so(journey: SamlJourney) -> None:
    ends_at = (timezone.now() + timedelta(minutes=20)).replace(microsecond=0)
    journey.log_in(edit=setting("//a:AuthnStatement", "SessionNotOnOrAfter", ends_at))
    assert SignedInSession.objects.get().ends_at == ends_at
    assert journey.browser.get("/api/me").status_code == 200


def test_a_password_user_links_both_by_signing_in_first(cast: Cast, journey: SamlJourney) -> None:
    assert journey.log_in(email="bob@acme.example").status_code == 403
    journey.browser.post("/login", {"email": "bob@acme.example", "password": PASSWORD})
    assert journey.log_in(email="bob@acme.example").status_code == 303
    assert cast.bob.identities.count() == 1


def test_a_connection_that_is_not_live_is_not_there(cast: Cast) -> None:
    journey = SamlJourney(signed_connection(cast.acme, state="disabled"))
    assert journey.start().status_code == 404
    assert journey.post(journey.message()).status_code == 404
    assert journey.post("no message at all").status_code == 404
    assert not LoginRecord.objects.exists()


def test_a_connection_is_not_there_under_another_accounts_address(cast: Cast) -> None:
    path = urlsplit(service_provider.acs_url(signed_connection(cast.acme))).path
    assert Client().post(path.replace("/acme/", "/globex/"), {}).status_code == 404


def test_the_acs_takes_only_posts(journey: SamlJourney) -> None:
    assert Client().get(urlsplit(service_provider.acs_url(journey.connection)).path).status_code == 405


def test_the_metadata_are_there_to_download(journey: SamlJourney) -> None:
    answer = Client().get(urlsplit(service_provider.entity_id(journey.connection)).path)
    assert answer.headers["Content-Type"] == "application/samlmetadata+xml; charset=utf-8"
    assert service_provider.acs_url(journey.connection).encode() in answer.content


def test_an_initiator_that_is_another_issuer_is_refused(cast: Cast) -> None:
    entra = oidc_connection(cast.acme)
    assert Client().get(f"/login/sso/{entra.id}", {"iss": "https://evil.example"}).status_code == 403
    assert reason(cast) == "initiate-issuer"


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_callback_with_an_unknown_state_is_refused(cast: Cast, method: str) -> None:
    answer = getattr(Client(), method)("/api/accounts/idp-callback", {"state": "x" * 43, "id_token": "a.b.c"})
    assert answer.status_code == 403
    assert not LoginRecord.objects.exists()


@pytest.mark.parametrize(
    "form",
    [{}, {"SAMLResponse": ""}, {"SAMLResponse": "%%%"}, {"SAMLResponse": "\x00"}, {"SAMLResponse": "A" * 300_000}],
    ids=["nothing", "empty", "no base64", "NUL", "too large"],
)
def test_nonsense_at_the_acs_is_refused_and_counted(cast: Cast, journey: SamlJourney, form: dict) -> None:
    answer = Client().post(urlsplit(service_provider.acs_url(journey.connection)).path, form)
    assert answer.status_code == 403
    assert not LoginRecord.objects.exists()
    assert UnrecordedRefusals.objects.get().connection == journey.connection
