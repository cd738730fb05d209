"""Single logout over HTTP, from both sides and by both bindings: out means out, here and there."""

import base64
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from lxml import etree
from pytest_django.asserts import assertContains, assertNotContains

from accounts.authentication import BACKEND
from accounts.models import AuditEntry, Connection, LoginRecord, SignedInSession, UnrecordedRefusals, User
from accounts.models.identity import ConnectionState
from accounts.sso.saml import service_provider, xml_signature
from common.encryption import seal
from tests.support.cast import Cast
from tests.support.logouts import (
    IDP_ANSWERS,
    IDP_SLO,
    Visit,
    address_in,
    answered,
    deliver,
    directives,
    form_in,
    logout_connection,
    request_sent,
    statuses,
)
from tests.support.saml_keys import key_pair
from tests.support.saml_logout_messages import BINDINGS, assert_query_is_signed, posted, sent
from tests.support.saml_messages import SAML, Element, adding, find, removing, setting
from tests.support.saml_signing import Signing

SUCCESS = ["Success"]


@pytest.fixture
def connection(cast: Cast) -> Connection:
    return logout_connection(cast.acme)


@pytest.fixture
def dana(connection: Connection) -> Visit:
    return Visit(connection)


def edited(visit: Visit, edit: Any, **fields: Any) -> Element:
    return visit.message(edit=edit, **fields)


# --- Begun at the identity provider ---------------------------------------------------------------


@pytest.mark.parametrize("by", BINDINGS)
def test_a_logout_at_the_identity_provider_ends_the_session(dana: Visit, by: str) -> None:
    answer = answered(dana.asked_by_idp(by))
    assert statuses(answer) == SUCCESS
    assert not dana.is_signed_in()


def test_the_answer_names_the_request_is_signed_and_brings_relay_state_back(dana: Visit) -> None:
    request = dana.message()
    location = dana.asked_by_idp("redirect", request, relay_state="to=where it began").headers["Location"]
    answer, query = sent(location)
    assert location.startswith(f"{IDP_SLO}?SAMLResponse=")
    assert (answer.get("InResponseTo"), answer.get("Destination")) == (request.get("ID"), IDP_SLO)
    assert query["RelayState"] == "to=where it began"
    assert_query_is_signed(location, key_pair("sp").certificate)


def test_the_answer_goes_to_the_address_for_answers(cast: Cast) -> None:
    visit = Visit(logout_connection(cast.acme, slo_response_url=IDP_ANSWERS))
    assert answered(visit.asked_by_idp()).get("Destination") == IDP_ANSWERS


def test_an_answer_by_post_goes_from_a_page_that_may_post_there_only(cast: Cast) -> None:
    visit = Visit(logout_connection(cast.acme, slo_by_post=True))
    page = visit.asked_by_idp("post", relay_state="<back>")
    address, fields = form_in(page)
    answer = etree.fromstring(base64.b64decode(fields["SAMLResponse"]))
    assert (address, fields["RelayState"], statuses(answer)) == (IDP_SLO, "<back>", SUCCESS)
    policy = directives(page)
    assert policy["form-action"] == "'self' https://acme.okta.example"
    assert policy["frame-ancestors"] == "https://acme.okta.example"
    assert "X-Frame-Options" not in page.headers
    (signature,) = answer.findall("{*}Signature")
    assert xml_signature.verify(answer, signature, [key_pair("sp").certificate], allow_sha1=False)


def test_the_page_that_posts_has_no_code_of_its_own(cast: Cast) -> None:
    page = Visit(logout_connection(cast.acme, slo_by_post=True)).asked_by_idp()
    assertContains(page, '<script src="/static/send-at-once.js" defer></script>')
    assert page.content.count(b"<script") == 1
    assert b"csrf" not in page.content


def test_the_page_that_posts_does_not_greet_who_was_just_logged_out(cast: Cast) -> None:
    visit = Visit(logout_connection(cast.acme, slo_by_post=True))
    page = visit.asked_by_idp("redirect", browser=visit.browser)
    assertNotContains(page, "Log out")
    assert "_auth_user_id" not in visit.browser.session


def test_an_identity_provider_without_an_address_for_answers_still_ends_the_session(cast: Cast) -> None:
    visit = Visit(logout_connection(cast.acme, slo_url=""))
    answer = visit.asked_by_idp("redirect")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/logout/done")
    assert not visit.is_signed_in()


def test_a_password_session_of_the_same_person_goes_on(dana: Visit) -> None:
    browser = Client()
    browser.force_login(User.objects.get(email=dana.email), backend=BACKEND)
    dana.asked_by_idp(message=edited(dana, removing("//p:SessionIndex")))
    assert not dana.is_signed_in()
    assert browser.get("/").status_code == 200


def test_the_end_is_in_the_audit_log_by_the_connections_name(dana: Visit) -> None:
    dana.asked_by_idp()
    entry = AuditEntry.objects.filter(action="user.sessions-ended").get()
    assert (entry.actor, entry.object_label) == (f"logout at {dana.connection.name}", dana.email)


def test_a_request_is_used_once(connection: Connection, dana: Visit) -> None:
    message = edited(dana, removing("//p:SessionIndex"))
    form = posted(message)
    path = urlsplit(service_provider.slo_url(connection)).path
    Client().post(path, form)
    again = Visit(connection)
    answer = answered(Client().post(path, form))
    assert statuses(answer) == ["Requester", "RequestDenied"]
    assert again.is_signed_in()
    assert LoginRecord.objects.get(reason="logout-saml-message-replayed")


REFUSED_WITH_AN_ANSWER = {
    "an EncryptedID that holds nothing": (
        adding("/p:LogoutRequest", f"{{{SAML}}}EncryptedID"),
        ["Requester", "RequestDenied"],
    ),
    "another Destination": (
        setting("/p:LogoutRequest", "Destination", "https://x/"), ["Requester", "RequestDenied"]
    ),
    "an old one": (
        setting("/p:LogoutRequest", "IssueInstant", "2026-03-02T09:00:00Z"), ["Requester", "RequestDenied"]
    ),
    "SAML 1.1": (setting("/p:LogoutRequest", "Version", "1.1"), ["VersionMismatch"]),
}  # fmt: skip


@pytest.mark.parametrize("by", BINDINGS)
@pytest.mark.parametrize(("edit", "expected"), REFUSED_WITH_AN_ANSWER.values(), ids=REFUSED_WITH_AN_ANSWER)
def test_what_is_refused_of_a_known_sender_is_answered(dana: Visit, edit: Any, expected: list[str], by: str) -> None:
    assert statuses(answered(dana.asked_by_idp(by, edited(dana, edit)))) == expected
    assert dana.is_signed_in()
    assert LoginRecord.objects.filter(reason__startswith="logout-saml-").count() == 1


@pytest.mark.parametrize("by", BINDINGS)
@pytest.mark.parametrize("signing", [None, Signing(key="attacker")], ids=["unsigned", "another's key"])
def test_an_unknown_sender_gets_a_page_and_ends_nothing(dana: Visit, by: str, signing: Signing | None) -> None:
    page = dana.asked_by_idp(by, signing=signing)
    assertNotContains(page, "Reference", status_code=400)
    assert not LoginRecord.objects.filter(reason__startswith="logout-").exists()
    assert UnrecordedRefusals.objects.get().reason.startswith("logout-saml-")
    assert dana.is_signed_in()
    assert not AuditEntry.objects.filter(action="user.sessions-ended").exists()


@pytest.mark.parametrize("query", ["", "SAMLRequest=%FF", "SAMLRequest=AAAA", "SAMLRequest=AAAA&SAMLResponse=AAAA"])
def test_garbage_gets_the_same_page(connection: Connection, query: str) -> None:
    path = urlsplit(service_provider.slo_url(connection)).path
    assertContains(Client().get(f"{path}?{query}"), "The logout did not work", status_code=400)


def test_a_request_for_one_account_ends_nothing_in_another(cast: Cast, dana: Visit) -> None:
    """Even with the same IdP and key on both connections."""
    theirs = logout_connection(cast.globex)
    answered(deliver(theirs, "post", dana.message()))
    assert dana.is_signed_in()
    request = dana.message(slo_url=service_provider.slo_url(theirs), message_id="_other")
    assert statuses(answered(deliver(theirs, "post", request))) == SUCCESS
    assert dana.is_signed_in()


def test_the_account_in_the_address_must_be_the_connections(dana: Visit) -> None:
    path = urlsplit(service_provider.slo_url(dana.connection)).path.replace("/acme/", "/globex/")
    assert Client().post(path, posted(dana.message())).status_code == 404


@pytest.mark.parametrize("state", [ConnectionState.DRAFT, ConnectionState.DISABLED])
def test_a_connection_that_is_not_live_has_no_logout(connection: Connection, state: str) -> None:
    Connection.objects.update(state=state)
    assert Client().get(urlsplit(service_provider.slo_url(connection)).path).status_code == 404


def test_a_connection_without_a_key_has_no_logout(dana: Visit) -> None:
    path = urlsplit(service_provider.slo_url(dana.connection)).path
    Connection.objects.update(sp_private_key="", sp_certificate="")
    assert Client().post(path, posted(dana.message())).status_code == 404


# --- Begun here -----------------------------------------------------------------------------------


def test_logging_out_here_ends_the_session_and_asks_the_identity_provider(dana: Visit) -> None:
    page = dana.logs_out()
    request = request_sent(page)
    assert address_in(page).startswith(f"{IDP_SLO}?SAMLRequest=")
    assert_query_is_signed(address_in(page), key_pair("sp").certificate)
    assert request.get("Destination") == IDP_SLO
    assert find(request, "a:NameID").text == dana.email
    assert find(request, "p:SessionIndex").text == dana.session_index
    assert not dana.is_signed_in()


def test_the_request_repeats_the_name_as_it_came(cast: Cast) -> None:
    visit = Visit(logout_connection(cast.acme))
    name_id = find(request_sent(visit.logs_out()), "a:NameID")
    assert dict(name_id.attrib) == {"Format": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"}


def test_an_identity_provider_that_takes_posts_only_gets_one_from_a_page_of_ours(cast: Cast) -> None:
    visit = Visit(logout_connection(cast.acme, slo_by_post=True))
    page = visit.browser.get(address_in(visit.logs_out()))
    address, fields = form_in(page)
    request = etree.fromstring(base64.b64decode(fields["SAMLRequest"]))
    assert (address, set(fields)) == (IDP_SLO, {"SAMLRequest"})
    assert find(request, "a:NameID").text == visit.email
    policy = directives(page)
    assert policy["form-action"] == "'self' https://acme.okta.example"
    assert policy["frame-ancestors"] == "'none'"
    (signature,) = request.findall("{*}Signature")
    assert xml_signature.verify(request, signature, [key_pair("sp").certificate], allow_sha1=False)


def test_the_address_of_that_page_shows_nobody(cast: Cast) -> None:
    visit = Visit(logout_connection(cast.acme, slo_by_post=True))
    assert "dana" not in address_in(visit.logs_out())


@pytest.mark.parametrize("kept", ["", "AAAA", "gAAAAA"])
def test_that_page_opened_by_hand_leads_to_the_sign_in(db: None, client: Client, kept: str) -> None:
    assert client.get("/logout/go-on", {"kept": kept}).headers["Location"] == "/login"


@pytest.mark.parametrize("secret", ["another secret", "{}", "[]", '{"connection": "x"}'])
def test_that_page_opened_with_another_secret_of_ours_leads_there_too(db: None, client: Client, secret: str) -> None:
    assert client.get("/logout/go-on", {"kept": seal(secret, "kept logout request")}).headers["Location"] == "/login"


def test_that_page_is_open_for_ten_minutes(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    visit = Visit(logout_connection(cast.acme, slo_by_post=True))
    address, later = address_in(visit.logs_out()), timezone.now() + timedelta(minutes=11)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert visit.browser.get(address).headers["Location"] == "/login"


@pytest.mark.parametrize("change", [{"slo_url": ""}, {"sp_private_key": ""}, {"sp_private_key": "gone"}], ids=str)
def test_without_single_logout_it_ends_here(dana: Visit, change: dict[str, str]) -> None:
    for name, value in change.items():
        setattr(dana.connection, name, value)
    dana.connection.save()
    assert dana.logs_out().headers["Location"] == "/login"
    assert not dana.is_signed_in()


@pytest.mark.parametrize("by", BINDINGS)
def test_the_person_reads_that_they_are_logged_out(dana: Visit, by: str) -> None:
    request_id = request_sent(dana.logs_out()).get("ID", "")
    page = dana.idp_answers(request_id, by)
    assertContains(page, "You are logged out.", count=1)
    assertNotContains(page, "may still know you")


FAILED = {
    "a failure": {"status": "urn:oasis:names:tc:SAML:2.0:status:Responder"},
    "an answer to another request": {"request_id": "id" + "0" * 72},
    "an answer to nothing": {"request_id": ""},
    "an answer for somebody else": {"slo_url": "https://x/"},
    "an answer of somebody else": {"issuer": "https://evil.example/"},
}


@pytest.mark.parametrize("by", BINDINGS)
@pytest.mark.parametrize("fields", FAILED.values(), ids=FAILED)
def test_after_anything_else_they_read_that_the_company_may_still_know_them(
    dana: Visit, fields: dict[str, str], by: str
) -> None:
    request_id = request_sent(dana.logs_out()).get("ID", "")
    page = dana.idp_answers(**{"request_id": request_id, "by": by, **fields})
    assertContains(page, "Your company&#x27;s sign-in page may still know you", count=1)
    assertContains(page, "You are logged out here.", count=1)


def test_an_answer_is_believed_once(dana: Visit) -> None:
    request_id = request_sent(dana.logs_out()).get("ID", "")
    dana.idp_answers(request_id)
    assertContains(dana.idp_answers(request_id, message_id="_another"), "may still know you")


def test_an_answer_after_ten_minutes_is_not_believed(dana: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    request_id = request_sent(dana.logs_out()).get("ID", "")
    later = timezone.now() + timedelta(minutes=11)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assertContains(dana.idp_answers(request_id, now=later), "may still know you")


def test_an_answer_to_another_connections_request_is_not_believed(cast: Cast, dana: Visit) -> None:
    erik = Visit(logout_connection(cast.acme), "erik@acme.example")
    request_id = request_sent(erik.logs_out()).get("ID", "")
    dana.logs_out()
    assertContains(dana.idp_answers(request_id), "may still know you")


def test_somebody_who_is_signed_in_is_not_shown_otherwise(dana: Visit) -> None:
    page = dana.idp_answers("id" + "0" * 72)
    assertNotContains(page, "You are logged out")
    assert dana.is_signed_in()


def test_the_name_is_kept_no_longer_than_the_session(dana: Visit) -> None:
    row = SignedInSession.objects.get(user__email=dana.email)
    assert dana.email in row.logout_hints
    dana.asked_by_idp()
    row.refresh_from_db()
    assert row.logout_hints == ""


def test_no_name_is_kept_where_single_logout_is_off(cast: Cast) -> None:
    Visit(logout_connection(cast.acme, sp_private_key="", sp_certificate=""))
    assert SignedInSession.objects.get(user__email="dana@acme.example").logout_hints == ""
