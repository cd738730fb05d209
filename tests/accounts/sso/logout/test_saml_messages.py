"""Each check of a logout message: right in everything but one thing, it is refused by that thing's code, either way."""

import time
from datetime import timedelta
from typing import Any

import pytest

from accounts.sso.logout.saml_messages import LogoutRequest, LogoutResponse
from accounts.sso.refusal import LoginRefused
from accounts.sso.saml import bindings as saml_bindings
from accounts.sso.saml.bindings import InboundMessage
from accounts.sso.saml.name_id import NameId
from tests.support.saml_keys import key_pair
from tests.support.saml_logout_messages import BINDINGS, came, logout_message, posted, read
from tests.support.saml_messages import (
    NOW,
    SAML,
    SAMLP,
    Edit,
    Element,
    adding,
    find,
    removing,
    repeating,
    setting,
    writing,
)
from tests.support.saml_reading import CPU_LIMIT
from tests.support.saml_signing import ECDSA_SHA256, HMAC_SHA256, MD5, RSA_MD5, RSA_SHA1, SHA1, Signing

pytestmark = pytest.mark.usefixtures("no_outgoing_request")

MINUTE = timedelta(minutes=1)
REQUEST, RESPONSE = "/p:LogoutRequest", "/p:LogoutResponse"
PARTIAL = "urn:oasis:names:tc:SAML:2.0:status:PartialLogout"
EMAIL_FORMAT = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"


def code(message: InboundMessage, **changes: Any) -> str:
    """The code of the refusal, which must also have been cheap."""
    began = time.process_time()
    with pytest.raises(LoginRefused) as caught:
        read(message, **changes)
    assert time.process_time() - began < CPU_LIMIT
    return caught.value.code


def request_of(message: InboundMessage, **changes: Any) -> LogoutRequest:
    found = read(message, **changes)
    assert isinstance(found, LogoutRequest)
    return found


def response_of(message: InboundMessage) -> LogoutResponse:
    found = read(message)
    assert isinstance(found, LogoutResponse)
    return found


def many_indexes(root: Element) -> None:
    for _ in range(101):
        repeating("//p:SessionIndex")(root)
    for number, item in enumerate(root.findall(f"{{{SAMLP}}}SessionIndex")):
        item.text = f"_s{number}"


WRONG_REQUESTS: list[tuple[str, Edit, str]] = [
    ("another Destination", setting(REQUEST, "Destination", "https://evil.example/slo"), "saml-destination"),
    ("no Destination", setting(REQUEST, "Destination", None), "saml-destination"),
    ("another Issuer", writing("//a:Issuer", "https://evil.example/"), "saml-issuer"),
    ("no Issuer", removing("//a:Issuer"), "saml-issuer"),
    ("two Issuers", repeating("//a:Issuer"), "saml-shape"),
    ("an element inside Issuer", adding("//a:Issuer", "{urn:example}b"), "saml-shape"),
    ("issued later", setting(REQUEST, "IssueInstant", NOW + 2 * MINUTE), "saml-issued-in-future"),
    ("issued long ago", setting(REQUEST, "IssueInstant", NOW - 12 * MINUTE), "saml-stale"),
    ("no IssueInstant", setting(REQUEST, "IssueInstant", None), "saml-time"),
    ("an IssueInstant without a zone", setting(REQUEST, "IssueInstant", "2026-03-02T09:00:00"), "saml-time"),
    ("ended", setting(REQUEST, "NotOnOrAfter", NOW - 2 * MINUTE), "saml-expired"),
    ("an end that is no time", setting(REQUEST, "NotOnOrAfter", "soon"), "saml-time"),
    ("SAML 1.1", setting(REQUEST, "Version", "1.1"), "saml-version"),
    ("no NameID", removing("//a:NameID"), "saml-name-id"),
    ("two NameIDs", repeating("//a:NameID"), "saml-name-id"),
    ("an empty NameID", writing("//a:NameID", ""), "saml-name-id"),
    ("a huge NameID", writing("//a:NameID", "a" * 513), "saml-name-id"),
    ("a huge qualifier", setting("//a:NameID", "NameQualifier", "a" * 1025), "saml-name-id"),
    ("an element inside NameID", adding("//a:NameID", "{urn:example}b"), "saml-shape"),
    ("an EncryptedID", adding(REQUEST, f"{{{SAML}}}EncryptedID"), "saml-encrypted-name-id"),
    ("a BaseID", adding(REQUEST, f"{{{SAML}}}BaseID"), "saml-shape"),
    ("an empty SessionIndex", writing("//p:SessionIndex", ""), "saml-session-index"),
    ("an element inside SessionIndex", adding("//p:SessionIndex", "{urn:example}b"), "saml-shape"),
    ("102 SessionIndexes", many_indexes, "saml-session-index"),
    ("an unknown part", adding(REQUEST, "{urn:example}Also"), "saml-shape"),
    ("a message inside", adding("//a:NameID", f"{{{SAMLP}}}LogoutRequest"), "saml-shape"),
    ("an assertion inside", adding(REQUEST, f"{{{SAML}}}Assertion"), "saml-shape"),
]  # fmt: skip

NAMES_OF_REQUESTS = [row[0] for row in WRONG_REQUESTS]

WRONG_RESPONSES: list[tuple[str, Edit, str]] = [
    ("another Destination", setting(RESPONSE, "Destination", "https://evil.example/slo"), "saml-destination"),
    ("no Destination", setting(RESPONSE, "Destination", None), "saml-destination"),
    ("another Issuer", writing("//a:Issuer", "https://evil.example/"), "saml-issuer"),
    ("issued later", setting(RESPONSE, "IssueInstant", NOW + 2 * MINUTE), "saml-issued-in-future"),
    ("issued long ago", setting(RESPONSE, "IssueInstant", NOW - 12 * MINUTE), "saml-stale"),
    ("SAML 1.1", setting(RESPONSE, "Version", "1.1"), "saml-version"),
    ("no Status", removing("//p:Status"), "saml-shape"),
    ("two Statuses", repeating("//p:Status"), "saml-shape"),
    ("a NameID", adding(RESPONSE, f"{{{SAML}}}NameID"), "saml-shape"),
]  # fmt: skip


@pytest.mark.parametrize("by", BINDINGS)
@pytest.mark.parametrize("vendor", ["okta", "entra"])
def test_a_right_request_is_read(vendor: str, by: str) -> None:
    found = request_of(came(logout_message(vendor), by), vendor=vendor)
    assert found.name_id == NameId("bob@acme.example", EMAIL_FORMAT)
    assert (found.message_id, found.session_indexes) == ("_l1", ("_s1",))
    assert found.expires_at == NOW + 12 * MINUTE


@pytest.mark.parametrize("by", BINDINGS)
@pytest.mark.parametrize(("edit", "expected"), [row[1:] for row in WRONG_REQUESTS], ids=NAMES_OF_REQUESTS)
def test_one_thing_wrong_in_a_request_refuses(edit: Edit, expected: str, by: str) -> None:
    assert code(came(logout_message("entra", edit=edit), by), vendor="entra") == expected


@pytest.mark.parametrize("by", BINDINGS)
@pytest.mark.parametrize(
    ("edit", "expected"), [row[1:] for row in WRONG_RESPONSES], ids=[row[0] for row in WRONG_RESPONSES]
)
def test_one_thing_wrong_in_a_response_refuses(edit: Edit, expected: str, by: str) -> None:
    assert code(came(logout_message(shape="logout-response", request_id="id1", edit=edit), by)) == expected


@pytest.mark.parametrize("by", BINDINGS)
@pytest.mark.parametrize("shape", ["logout-request", "logout-response"])
def test_an_unsigned_message_is_refused(shape: str, by: str) -> None:
    assert code(came(logout_message(shape=shape), by, None)) == "saml-unsigned"


@pytest.mark.parametrize("by", BINDINGS)
def test_a_key_that_is_not_the_connections_is_refused(by: str) -> None:
    signing = Signing(key="attacker", shown_key="attacker")
    assert code(came(logout_message(), by, signing)) == "saml-signature"


@pytest.mark.parametrize("by", BINDINGS)
def test_any_of_several_certificates_may_fit(by: str) -> None:
    certificates = (key_pair("idp-next").certificate, key_pair("idp").certificate)
    assert request_of(came(logout_message(), by), certificates=certificates).message_id == "_l1"


@pytest.mark.parametrize("by", BINDINGS)
def test_an_elliptic_curve_key_may_sign(by: str) -> None:
    message = came(logout_message(), by, Signing(key="idp-ec", algorithm=ECDSA_SHA256))
    assert request_of(message, certificates=(key_pair("idp-ec").certificate,)).message_id == "_l1"


@pytest.mark.parametrize("by", BINDINGS)
@pytest.mark.parametrize("algorithm", [RSA_SHA1, RSA_MD5, HMAC_SHA256, ""])
def test_weak_and_symmetric_algorithms_are_refused(algorithm: str, by: str) -> None:
    signing = Signing(algorithm=algorithm or RSA_SHA1)
    assert code(came(logout_message(), by, signing)) == "saml-algorithm"


@pytest.mark.parametrize("digest", [SHA1, MD5])
def test_a_weak_digest_is_refused(digest: str) -> None:
    assert code(came(logout_message(), "post", Signing(digest=digest))) == "saml-algorithm"


@pytest.mark.parametrize("by", BINDINGS)
def test_sha_1_is_taken_where_the_connection_allows_it(by: str) -> None:
    message = came(logout_message(), by, Signing(algorithm=RSA_SHA1, digest=SHA1))
    assert request_of(message, allow_sha1=True).message_id == "_l1"


def test_a_change_after_signing_is_refused() -> None:
    form = posted(logout_message(), edit_signed=writing("//a:NameID", "alice@acme.example"))
    assert code(saml_bindings.read_form(form)) == "saml-signature"


def test_a_request_is_not_read_as_a_response() -> None:
    form = posted(logout_message())
    assert code(saml_bindings.read_form({"SAMLResponse": form["SAMLRequest"]})) == "saml-shape"


@pytest.mark.parametrize("by", BINDINGS)
def test_several_session_indexes_are_all_read(by: str) -> None:
    def add(root: Element) -> None:
        repeating("//p:SessionIndex")(root)
        find(root, "//p:SessionIndex[2]").text = "_s2"

    assert request_of(came(logout_message(edit=add), by)).session_indexes == ("_s1", "_s2")


@pytest.mark.parametrize("by", BINDINGS)
def test_no_session_index_means_all(by: str) -> None:
    assert request_of(came(logout_message(edit=removing("//p:SessionIndex")), by)).session_indexes == ()


@pytest.mark.parametrize("by", BINDINGS)
def test_extensions_are_passed_over(by: str) -> None:
    message = came(logout_message(edit=adding(REQUEST, f"{{{SAMLP}}}Extensions")), by)
    assert request_of(message).message_id == "_l1"


def test_the_skew_is_allowed_on_both_ends() -> None:
    late = setting(REQUEST, "IssueInstant", NOW - 10.5 * MINUTE)
    early = setting(REQUEST, "IssueInstant", NOW + MINUTE)
    assert [request_of(came(logout_message(edit=edit), "post")).message_id for edit in (late, early)] == ["_l1", "_l1"]


@pytest.mark.parametrize("by", BINDINGS)
def test_a_successful_response_is_complete(by: str) -> None:
    found = response_of(came(logout_message(shape="logout-response", request_id="id1"), by))
    assert (found.in_response_to, found.is_complete) == ("id1", True)


def test_a_failed_response_is_not_complete_and_tells_its_status() -> None:
    status = "urn:oasis:names:tc:SAML:2.0:status:Responder"
    found = response_of(came(logout_message(shape="logout-response", request_id="id1", status=status), "post"))
    assert not found.is_complete
    assert "Responder" in found.status


def test_a_partial_logout_is_not_complete() -> None:
    def partly(root: Element) -> None:
        adding("//p:StatusCode", f"{{{SAMLP}}}StatusCode")(root)
        find(root, "//p:StatusCode/p:StatusCode").set("Value", PARTIAL)

    message = came(logout_message(shape="logout-response", request_id="id1", edit=partly), "redirect")
    assert not response_of(message).is_complete
