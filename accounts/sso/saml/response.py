"""PURE. From a posted SAMLResponse to a verified assertion: gate, signatures, decryption, then every check.

The order is the protection: shape first (cheap), then signatures, and from there on only the signed bytes are read.
"""

from datetime import datetime

from accounts.sso import masking
from accounts.sso.refusal import LoginRefused
from accounts.sso.refusals.row import Part
from accounts.sso.saml import checks as saml_checks
from accounts.sso.saml import xml_encryption, xml_signature
from accounts.sso.saml.checks import Clock, Expectations, VerifiedAssertion
from accounts.sso.saml.shape import (
    ASSERTION,
    ENCRYPTED_ASSERTION,
    RESPONSE,
    Element,
    check_inner_assertion,
    decode,
    parse,
    parse_signed,
    signatures,
    the_assertion,
)
from accounts.sso.trace import Trace

__all__ = ["Expectations", "VerifiedAssertion", "check_signed", "read_response", "unverified_in_response_to"]


def unverified_in_response_to(message_b64: str, limit: int) -> str:
    """Which request a response says it answers; "" for none. Good for finding a transaction, for nothing else."""
    response = parse(decode(message_b64, limit))
    if response.tag != RESPONSE:
        raise LoginRefused("saml-shape", "a SAML 2.0 Response", "another message")
    return response.get("InResponseTo", "")


def read_response(
    message_b64: str, expected: Expectations, now: datetime, trace: Trace | None = None
) -> VerifiedAssertion:
    """What a signed assertion for this connection says, or `LoginRefused`. `now`: aware, in UTC.

    Replay is for the caller to check (`protocol.md` 8.4 check 12), with `assertion_id` and `expires_at`.
    """
    trace = trace or Trace()
    unverified = parse(decode(message_b64, expected.message_limit))
    trace.message = masking.masked_xml(unverified, expected.shown_attributes)
    unverified_assertion = the_assertion(unverified)
    trace.passed(Part.ANSWER, "One SAML response with one assertion, in an accepted form.")
    response, assertion = _signed_parts(unverified, unverified_assertion, expected, trace)
    clock = Clock(now, expected.clock_skew)
    saml_checks.check_response(response, expected, clock, trace)
    return saml_checks.read_assertion(assertion, expected, clock, trace)


def check_signed(message_b64: str, expected: Expectations) -> None:
    """Shape and signature alone, before an unsolicited message is stored. Raises LoginRefused."""
    unverified = parse(decode(message_b64, expected.message_limit))
    _signed_parts(unverified, the_assertion(unverified), expected, Trace())


def _signed_parts(
    unverified: Element, unverified_assertion: Element, expected: Expectations, trace: Trace
) -> tuple[Element, Element]:
    """The response (signed if it can be: its fields only ever refuse) and the signed assertion."""
    response, response_is_signed = unverified, False
    signed_assertion = None
    for signature in signatures(unverified):
        response, response_is_signed = parse_signed(_verify(unverified, signature, expected, trace)), True
    for signature in signatures(unverified_assertion):
        signed_assertion = parse_signed(_verify(unverified_assertion, signature, expected, trace))
    if unverified_assertion.tag == ENCRYPTED_ASSERTION:
        return response, _opened(response, response_is_signed, expected, trace)
    if signed_assertion is not None:
        return response, signed_assertion
    if response_is_signed:
        return response, _direct_child(response, ASSERTION)
    raise LoginRefused("saml-unsigned", "a signature on the response or the assertion", "none")


def _opened(response: Element, response_is_signed: bool, expected: Expectations, trace: Trace) -> Element:
    """The assertion inside the EncryptedAssertion; the rules for signatures hold inside (check 16)."""
    sealed = _direct_child(response, ENCRYPTED_ASSERTION)
    assertion = _readable(xml_encryption.decrypt(sealed, expected.decryption_key()))
    trace.passed(Part.SIGNATURE, "The assertion was encrypted for the key of this connection.")
    for signature in signatures(assertion):
        return parse_signed(_verify(assertion, signature, expected, trace))
    if response_is_signed and expected.accept_response_signature_over_encryption:
        return assertion
    raise LoginRefused(
        "saml-unsigned",
        "a signature on the assertion inside the encryption",
        "a signature on the response only" if response_is_signed else "none",
        (
            "Sign the assertion too, or let the connection accept encrypted assertions without a signature of their own"
            " (under “Advanced” on its tab “Identity provider”)."
        ),
    )


def _readable(opened: bytes) -> Element:
    """A wrong key leaves noise: telling which kind of noise would be an oracle, so all of it is one refusal."""
    try:
        assertion = parse(opened)
        check_inner_assertion(assertion)
    except LoginRefused:
        raise xml_encryption.undecryptable() from None
    return assertion


def _direct_child(response: Element, tag: str) -> Element:
    return next(child for child in response if child.tag == tag)


def _verify(element: Element, signature: Element, expected: Expectations, trace: Trace) -> bytes:
    signed = xml_signature.verify(element, signature, expected.certificates, expected.allow_sha1)
    what = "response" if element.tag == RESPONSE else "assertion"
    trace.passed(Part.SIGNATURE, f"The {what} is signed with a certificate of this connection.")
    return signed
