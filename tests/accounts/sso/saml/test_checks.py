"""Each check of `protocol.md` 8.4: a message right in everything but one thing is refused by that thing's code."""

from datetime import timedelta

import pytest

from accounts.sso.saml import xml_signature
from tests.support.saml_keys import key_pair
from tests.support.saml_messages import (
    NO_REQUEST,
    NOW,
    SAML,
    Edit,
    Element,
    adding,
    every,
    find,
    removing,
    repeating,
    response,
    setting,
    writing,
)
from tests.support.saml_reading import code, read, refusal
from tests.support.saml_signing import (
    ECDSA_SHA256,
    HMAC_SHA256,
    MD5,
    RSA_MD5,
    RSA_SHA1,
    RSA_SHA256,
    SHA1,
    SHA256,
    Signing,
)

pytestmark = pytest.mark.usefixtures("no_outgoing_request")

MINUTE = timedelta(minutes=1)
CONFIRMATION = "//a:SubjectConfirmationData"
CONDITIONS = "//a:Conditions"
STATEMENT = "//a:AuthnStatement"
HOLDER_OF_KEY = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"

# What is wrong, the code; the message is signed after it was made wrong.
WRONG: list[tuple[str, Edit, str]] = [
    ("another Destination", setting("/p:Response", "Destination", "https://evil.example/acs"), "saml-destination"),
    ("an empty Destination", setting("/p:Response", "Destination", ""), "saml-destination"),
    ("another Recipient", setting(CONFIRMATION, "Recipient", "https://evil.example/acs"), "saml-recipient"),
    ("no Recipient", setting(CONFIRMATION, "Recipient", None), "saml-recipient"),
    ("no SubjectConfirmationData", removing(CONFIRMATION), "saml-recipient"),
    ("another response Issuer", writing("/p:Response/a:Issuer", "https://evil.example/"), "saml-issuer"),
    ("two response Issuers", repeating("/p:Response/a:Issuer"), "saml-issuer"),
    ("another assertion Issuer", writing("//a:Assertion/a:Issuer", "https://evil.example/"), "saml-issuer"),
    ("no assertion Issuer", removing("//a:Assertion/a:Issuer"), "saml-issuer"),
    ("another Audience", writing("//a:Audience", "https://other.example/"), "saml-audience"),
    ("no Audience", removing("//a:Audience"), "saml-audience"),
    ("no AudienceRestriction", removing("//a:AudienceRestriction"), "saml-audience"),
    ("no Conditions", removing(CONDITIONS), "saml-conditions"),
    ("two Conditions", repeating(CONDITIONS), "saml-shape"),
    ("an unknown condition", adding(CONDITIONS, "{urn:example}OnlyOnSundays"), "saml-condition"),
    ("begins later", setting(CONDITIONS, "NotBefore", NOW + 2 * MINUTE), "saml-not-yet-valid"),
    ("ended", setting(CONDITIONS, "NotOnOrAfter", NOW - 2 * MINUTE), "saml-expired"),
    ("no end", setting(CONDITIONS, "NotOnOrAfter", None), "saml-time"),
    ("an end that is no time", setting(CONDITIONS, "NotOnOrAfter", "tomorrow"), "saml-time"),
    ("an end without a zone", setting(CONDITIONS, "NotOnOrAfter", "2026-03-02T10:00:00"), "saml-time"),
    ("an end in month 13", setting(CONDITIONS, "NotOnOrAfter", "2026-13-02T10:00:00Z"), "saml-time"),
    ("valid for ten years", setting(CONDITIONS, "NotOnOrAfter", NOW.replace(year=2036)), "saml-lifetime"),
    ("valid for ever", setting(CONDITIONS, "NotOnOrAfter", "9999-12-31T23:59:59Z"), "saml-lifetime"),
    ("confirmation ended", setting(CONFIRMATION, "NotOnOrAfter", NOW - 2 * MINUTE), "saml-confirmation-expired"),
    ("confirmation without end", setting(CONFIRMATION, "NotOnOrAfter", None), "saml-time"),
    ("confirmation later", setting(CONFIRMATION, "NotBefore", NOW + 2 * MINUTE), "saml-not-yet-valid"),
    ("session ended", setting(STATEMENT, "SessionNotOnOrAfter", NOW - 2 * MINUTE), "saml-session-ended"),
    ("signed in later", setting(STATEMENT, "AuthnInstant", NOW + 2 * MINUTE), "saml-authenticated-in-future"),
    ("no AuthnStatement", removing(STATEMENT), "saml-authn-statement"),
    ("issued later", setting("//a:Assertion", "IssueInstant", NOW + 2 * MINUTE), "saml-issued-in-future"),
    ("assertion without IssueInstant", setting("//a:Assertion", "IssueInstant", None), "saml-time"),
    ("response without IssueInstant", setting("/p:Response", "IssueInstant", None), "saml-time"),
    ("holder of key", setting("//a:SubjectConfirmation", "Method", HOLDER_OF_KEY), "saml-bearer"),
    ("no confirmation", removing("//a:SubjectConfirmation"), "saml-bearer"),
    ("no Subject", removing("//a:Subject"), "saml-subject"),
    ("an element inside NameID", adding("//a:NameID", "{urn:example}b"), "saml-shape"),
    ("an element inside Audience", adding("//a:Audience", "{urn:example}b"), "saml-shape"),
    ("an element inside Issuer", adding("//a:Assertion/a:Issuer", "{urn:example}b"), "saml-shape"),
    ("two NameIDs", repeating("//a:NameID"), "saml-name-id"),
    ("an EncryptedID", adding("//a:Subject", f"{{{SAML}}}EncryptedID"), "saml-encrypted-name-id"),
    ("a huge NameID", writing("//a:NameID", "a" * 513), "saml-name-id"),
    ("SAML 1.1", setting("//a:Assertion", "Version", "1.1"), "saml-version"),
    ("a response of SAML 1.1", setting("/p:Response", "Version", "1.1"), "saml-version"),
    ("another request", setting("/p:Response", "InResponseTo", "id99"), "saml-in-response-to"),
    ("a response to no request", setting("/p:Response", "InResponseTo", None), "saml-in-response-to"),
    ("another request confirmed", setting(CONFIRMATION, "InResponseTo", "id99"), "saml-in-response-to"),
    ("no request confirmed", setting(CONFIRMATION, "InResponseTo", None), "saml-in-response-to"),
    ("no Response ID", setting("/p:Response", "ID", None), "saml-id"),
    ("no Status", removing("//p:Status"), "saml-shape"),
    ("two Statuses", repeating("//p:Status"), "saml-shape"),
    ("an unknown status", setting("//p:StatusCode", "Value", "urn:example:maybe"), "saml-status"),
    ("no StatusCode", removing("//p:StatusCode"), "saml-status"),
]  # fmt: skip


@pytest.mark.parametrize("signed", ["assertion", "response", "both"])
@pytest.mark.parametrize(("edit", "expected"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_one_thing_wrong_refuses(edit: Edit, expected: str, signed: str) -> None:
    assert code(response(signed=signed, edit=edit)) == expected


def test_an_unsigned_response_is_refused() -> None:
    assert code(response(signed="none")) == "saml-unsigned"


def test_a_key_that_is_not_the_connections_is_refused() -> None:
    assert code(response(signing=Signing(key="attacker"))) == "saml-signature"


def test_a_key_shown_in_the_message_is_not_trusted() -> None:
    assert code(response(signing=Signing(key="attacker", shown_key="attacker"))) == "saml-signature"


def test_an_address_in_key_info_is_not_followed() -> None:
    """What stands in KeyInfo is not covered by the signature and not looked at."""

    def refer(root: Element) -> None:
        info = find(root, "//ds:KeyInfo")
        info.clear()
        adding("//ds:KeyInfo", "{http://www.w3.org/2000/09/xmldsig#}RetrievalMethod")(root)
        info[0].set("URI", "http://evil.example/key")

    assert read(response(edit_signed=refer)).assertion_id == "_a1"


def test_showing_the_right_certificate_does_not_help_a_wrong_key() -> None:
    assert code(response(signing=Signing(key="attacker", shown_key="idp"))) == "saml-signature"


@pytest.mark.parametrize("signed", ["assertion", "response"])
def test_a_change_after_signing_is_refused(signed: str) -> None:
    message = response(signed=signed, edit_signed=writing("//a:NameID", "alice@acme.example"))
    assert refusal(message).received == "one that was changed after it was signed"


def test_the_bytes_that_are_read_are_checked_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should libxmlsec ever say yes to something else than what is read, the digest says no."""
    monkeypatch.setattr(xml_signature, "_verify_document", lambda *_: None)
    assert code(response(edit_signed=writing("//a:NameID", "alice@acme.example"))) == "saml-signature"


@pytest.mark.parametrize("value", ["AAAA", ""])
def test_an_elliptic_curve_signature_of_another_length_is_refused(value: str) -> None:
    message = response(
        signing=Signing(key="idp-ec", algorithm=ECDSA_SHA256), edit_signed=writing("//ds:SignatureValue", value)
    )
    assert code(message, certificates=(key_pair("idp-ec").certificate,)) == "saml-signature"


@pytest.mark.parametrize(("key", "algorithm"), [("idp", ECDSA_SHA256), ("idp-ec", RSA_SHA256)])
def test_a_key_of_another_kind_than_the_algorithm_is_refused(key: str, algorithm: str) -> None:
    message = response(signing=Signing(key=key, algorithm=algorithm))
    assert code(message, certificates=(key_pair(key).certificate,)) == "saml-signature"


def test_no_certificate_at_all_refuses() -> None:
    assert code(response(), certificates=()) == "saml-signature"


@pytest.mark.parametrize("path", ["/p:Response/ds:Signature", "//a:Assertion/ds:Signature"])
def test_of_two_signatures_both_must_hold(path: str) -> None:
    message = response(signed="both", edit_signed=writing(f"{path}/ds:SignatureValue", "AAAA"))
    assert code(message) == "saml-signature"


@pytest.mark.parametrize(
    "signing",
    [
        Signing(algorithm=RSA_SHA1),
        Signing(digest=SHA1),
        Signing(algorithm=RSA_MD5),
        Signing(digest=MD5),
        Signing(algorithm=HMAC_SHA256),
    ],
    ids=["RSA-SHA1", "SHA-1", "RSA-MD5", "MD5", "HMAC with the public key"],
)
def test_weak_and_symmetric_algorithms_are_refused(signing: Signing) -> None:
    assert code(response(signing=signing)) == "saml-algorithm"


def test_md5_is_refused_even_where_sha_1_is_allowed() -> None:
    message = response(signing=Signing(algorithm=RSA_MD5, digest=SHA256))
    assert code(message, allow_sha1=True) == "saml-algorithm"


def test_a_response_for_another_accounts_acs_is_refused() -> None:
    other = "http://localhost:8000/api/accounts/globex/saml/22222222-2222-4222-8222-222222222222"
    assert code(response(), acs_url=f"{other}/acs", sp_entity_id=f"{other}/metadata") == "saml-destination"


def test_an_assertion_for_another_account_in_a_fitting_envelope_is_refused() -> None:
    other = "http://localhost:8000/api/accounts/globex/saml/22222222-2222-4222-8222-222222222222"
    message = response(edit_signed=setting("/p:Response", "Destination", f"{other}/acs"))
    assert code(message, acs_url=f"{other}/acs") == "saml-recipient"
    assert code(message, acs_url=f"{other}/acs", sp_entity_id=f"{other}/metadata") == "saml-audience"


def test_the_audience_spn_form_is_for_identifiers_that_are_no_uri() -> None:
    message = response(sp_entity_id="spn:https://torque.example/sp")
    assert code(message, sp_entity_id="https://torque.example/sp") == "saml-audience"


def test_every_audience_restriction_must_name_us() -> None:
    def restrict_again(root: Element) -> None:
        repeating("//a:AudienceRestriction")(root)
        writing("//a:AudienceRestriction[2]/a:Audience", "https://other.example/")(root)

    assert code(response(edit=restrict_again)) == "saml-audience"


def test_an_answer_is_refused_where_no_request_is_open() -> None:
    assert code(response(), request_id="", allow_idp_initiated=True) == "saml-in-response-to"


def test_the_identity_provider_may_not_begin_unless_the_connection_allows_it() -> None:
    assert code(response(edit=NO_REQUEST), request_id="") == "saml-idp-initiated"


def test_a_response_to_nothing_answers_no_open_request_even_where_the_identity_provider_may_begin() -> None:
    assert code(response(edit=NO_REQUEST), allow_idp_initiated=True) == "saml-in-response-to"


def test_the_status_message_is_quoted_as_it_is() -> None:
    received = refusal(response("entra", "status-refused", signed="none")).received
    assert "RequestDenied" in received
    assert "“AADSTS50105: The signed in user is not assigned to a role for the application <Torque>.”" in received


def test_a_long_status_message_is_cut() -> None:
    def talk(root: Element) -> None:
        writing("//p:StatusMessage", "x" * 5000)(root)

    assert len(refusal(response("entra", "status-refused", signed="none", edit=talk)).received) < 700


def test_one_good_confirmation_of_two_is_enough() -> None:
    edit = every(repeating("//a:SubjectConfirmation"), setting(CONFIRMATION, "Recipient", "https://other.example/"))
    assert read(response(edit=edit)).assertion_id == "_a1"


def test_a_clock_refusal_names_both_clocks() -> None:
    received = refusal(response(edit=setting(CONDITIONS, "NotBefore", NOW + 2 * MINUTE))).received
    assert "2026-03-02 09:02:00 UTC" in received
    assert "2026-03-02 09:00:00 UTC" in received


def test_the_skew_is_allowed_on_both_ends() -> None:
    late = every(
        setting(CONDITIONS, "NotOnOrAfter", NOW - MINUTE / 2), setting(CONFIRMATION, "NotOnOrAfter", NOW - MINUTE / 2)
    )
    assert read(response(edit=late)).assertion_id == "_a1"
    assert read(response(edit=setting(CONDITIONS, "NotBefore", NOW + MINUTE))).assertion_id == "_a1"


def test_the_skew_is_never_more_than_five_minutes() -> None:
    assert (
        code(response(edit=setting(CONDITIONS, "NotBefore", NOW + 6 * MINUTE)), clock_skew=3600) == "saml-not-yet-valid"
    )


def test_an_issuer_that_differs_by_a_slash_is_shown_so() -> None:
    found = refusal(response(issuer="https://sts.windows.net/5d1f8a52-0c35-4a0e-8ef6-2ad9b0a5b001"))
    assert "differs in the slash at the end" in found.received
