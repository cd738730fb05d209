"""Every honest form of response that a company's identity provider may send."""

from datetime import timedelta

import pytest

from accounts.sso.refusal import LoginRefused
from accounts.sso.saml.checks import unverified_in_response_to
from tests.support.saml_encryption import AES128_CBC, AES128_GCM, AES256_CBC, AES256_GCM, OAEP_SHA256
from tests.support.saml_keys import key_pair
from tests.support.saml_messages import (
    NO_REQUEST,
    NOW,
    REQUEST_ID,
    Edit,
    Element,
    encode,
    every,
    find,
    removing,
    repeating,
    response,
    set_attribute,
    setting,
)
from tests.support.saml_reading import read
from tests.support.saml_signing import Signing

pytestmark = pytest.mark.usefixtures("no_outgoing_request")


@pytest.mark.parametrize("vendor", ["entra", "okta"])
@pytest.mark.parametrize("signed", ["assertion", "response", "both"])
def test_a_response_signed_in_any_of_the_three_ways_is_read(vendor: str, signed: str) -> None:
    assertion = read(response(vendor, signed=signed), vendor)
    assert (assertion.assertion_id, assertion.name_id) == ("_a1", "bob@acme.example")


def test_entra_sends_its_attributes_under_their_addresses() -> None:
    attributes = read(response("entra")).attributes
    assert attributes["http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"] == ("bob@acme.example",)
    assert len(attributes["http://schemas.microsoft.com/ws/2008/06/identity/claims/groups"]) == 2


def test_okta_sends_its_attributes_by_plain_names() -> None:
    attributes = read(response("okta"), "okta").attributes
    assert (attributes["groups"], attributes["space_name"]) == (("Everyone", "Developers"), ("Trial,DevOps",))


def test_okta_may_name_inclusive_namespaces() -> None:
    assert read(response("okta", signing=Signing(prefixes="xs")), "okta").name_id == "bob@acme.example"


@pytest.mark.parametrize("algorithm", [AES128_CBC, AES256_CBC, AES128_GCM, AES256_GCM])
@pytest.mark.parametrize("key", ["inside", "beside"])
def test_an_encrypted_assertion_is_opened_and_its_own_signature_verified(algorithm: str, key: str) -> None:
    sp = key_pair("sp")
    message = response(encrypted_for=sp.certificate, encryption={"algorithm": algorithm, "key": key})
    assert read(message, decryption_key=sp.private_pem).name_id == "bob@acme.example"


def test_a_key_may_be_sealed_with_sha_256_throughout() -> None:
    sp = key_pair("sp")
    message = response(encrypted_for=sp.certificate, encryption={"transport": OAEP_SHA256})
    assert read(message, decryption_key=sp.private_pem).name_id == "bob@acme.example"


def test_a_signed_response_around_an_encrypted_signed_assertion_is_read() -> None:
    sp = key_pair("sp")
    message = response("okta", signed="both", encrypted_for=sp.certificate)
    assert read(message, "okta", decryption_key=sp.private_pem).name_id == "bob@acme.example"


def test_the_responses_signature_alone_counts_over_encryption_where_the_connection_says_so() -> None:
    sp = key_pair("sp")
    message = response(signed="response", encrypted_for=sp.certificate)
    accepted = read(message, decryption_key=sp.private_pem, accept_response_signature_over_encryption=True)
    assert accepted.name_id == "bob@acme.example"


def test_the_identity_provider_may_begin_where_the_connection_allows_it() -> None:
    assert read(response(edit=NO_REQUEST), request_id="", allow_idp_initiated=True).assertion_id == "_a1"


@pytest.mark.parametrize("edit", [setting("/p:Response", "Destination", None), removing("/p:Response/a:Issuer")])
def test_an_envelope_may_leave_out_what_the_standard_lets_it(edit: Edit) -> None:
    assert read(response(edit=edit)).assertion_id == "_a1"


def test_a_person_may_be_named_by_attributes_alone() -> None:
    assert read(response(edit=removing("//a:NameID"))).name_id == ""


def test_the_earliest_end_of_several_sessions_counts() -> None:
    early, late = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    edit = every(
        setting("//a:AuthnStatement", "SessionNotOnOrAfter", early),
        repeating("//a:AuthnStatement"),
        setting("//a:AuthnStatement", "SessionNotOnOrAfter", late),
    )
    assert read(response(edit=edit)).session_ends_at == early


def test_the_request_that_is_answered_is_found_before_anything_is_verified() -> None:
    assert unverified_in_response_to(response(signed="none"), 100_000) == REQUEST_ID
    assert unverified_in_response_to(response(edit=NO_REQUEST), 100_000) == ""


@pytest.mark.parametrize("message", ["", "PGE+", encode(b"<a/>"), encode(b"<!DOCTYPE a><a/>"), "A" * 100_001])
def test_what_is_no_response_answers_no_request(message: str) -> None:
    with pytest.raises(LoginRefused):
        unverified_in_response_to(message, 100_000)


def test_base64_may_be_broken_into_lines() -> None:
    message = response()
    lines = "\r\n".join(message[i : i + 76] for i in range(0, len(message), 76))
    assert read(lines).assertion_id == "_a1"


def test_a_repeated_attribute_adds_to_the_first() -> None:
    def repeat(root: Element) -> None:
        set_attribute(root, "groups", ["one"])
        set_attribute(root, "other", ["two"])
        find(root, "//*[@Name='other']").set("Name", "groups")

    assert read(response(edit=repeat)).attributes["groups"] == ("one", "two")


def test_empty_and_nil_values_are_no_values() -> None:
    def empty(root: Element) -> None:
        set_attribute(root, "groups", ["", "  ", "gone"])
        gone = find(root, "//*[@Name='groups']/*[3]")
        gone.set("{http://www.w3.org/2001/XMLSchema-instance}nil", "true")

    assert read(response(edit=empty)).attributes["groups"] == ()


def test_an_entra_identifier_that_is_no_uri_may_come_with_spn() -> None:
    assert read(response(sp_entity_id="spn:torque"), sp_entity_id="torque").assertion_id == "_a1"


def test_the_assertion_is_to_be_remembered_until_its_end_and_the_skew() -> None:
    expires_at = read(response(ends_at=NOW.replace(hour=10)), clock_skew=90).expires_at
    assert expires_at == NOW.replace(hour=10, minute=1, second=30)
