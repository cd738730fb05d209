"""PURE. From a posted SAMLResponse to a verified assertion (`protocol.md` 8.4): gate, signatures, decryption, and then
the checks against this connection (6 to 18).

The order is the protection: shape first (cheap), then signatures, and from there on only the signed bytes are read.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accounts.sso import masking
from accounts.sso.refusal import LoginRefused
from accounts.sso.refusals.row import Part
from accounts.sso.saml import shape, xml_encryption, xml_signature
from accounts.sso.saml.name_id import NameId, name_ids_in, read_name_id
from accounts.sso.saml.shape import ISSUER, SAML, STATUS, Element, one, require_id, signatures, text_of, time_of
from accounts.sso.trace import AUDIENCE, Trace
from common.texts import quoted

MAX_SKEW = 300  # seconds, R24
MAX_LIFETIME = timedelta(hours=24)
_MAX_CONFIRMATIONS = 10
_BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
_ATTRIBUTE, _ENCRYPTED_ATTRIBUTE = f"{{{SAML}}}Attribute", f"{{{SAML}}}EncryptedAttribute"
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_HAS_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_KNOWN_CONDITIONS = frozenset(f"{{{SAML}}}{name}" for name in ("AudienceRestriction", "OneTimeUse", "ProxyRestriction"))


@dataclass(frozen=True)
class Expectations:
    """What this connection, and the request under way, make of a response. `request_id` "": the IdP began."""

    acs_url: str
    sp_entity_id: str
    idp_entity_id: str
    certificates: tuple[str, ...]  # PEM, any may fit
    request_id: str = ""
    allow_idp_initiated: bool = False
    decryption_key: Callable[[], str] = lambda: ""  # PEM; asked for an encrypted assertion only
    clock_skew: int = 60  # seconds
    allow_sha1: bool = False
    accept_response_signature_over_encryption: bool = False
    message_limit: int = 256 * 1024  # characters of base64
    shown_attributes: frozenset[str] = frozenset()  # whose values may be shown to an admin, because they are used


@dataclass(frozen=True)
class VerifiedAssertion:
    """Read from signed bytes after every check. `expires_at`: until when its ID must be remembered against replay."""

    assertion_id: str
    issuer: str
    name_id: str
    name_id_format: str
    attributes: dict[str, tuple[str, ...]]
    session_index: str
    authenticated_at: datetime
    session_ends_at: datetime | None
    expires_at: datetime
    full_name_id: NameId | None = None  # with format and qualifiers; None: the assertion has none
    # All values of those attributes that have other values than texts; an element inside one is an object here.
    structured: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Clock:
    now: datetime
    allowed_skew: int

    @property
    def skew(self) -> timedelta:
        return timedelta(seconds=min(self.allowed_skew, MAX_SKEW))

    def is_before(self, time: datetime) -> bool:
        return self.now + self.skew < time

    def has_reached(self, time: datetime) -> bool:
        return self.now - self.skew >= time

    def refusal(self, code: str, expected: str, time: datetime) -> LoginRefused:
        """Names both clocks: which of them is wrong is not known here."""
        return LoginRefused(
            code,
            f"{expected}, with {self.skew.seconds} s allowed",
            f"the time {shown(time)} from the identity provider while Torque's clock says {shown(self.now)}",
        )


def check_version(element: Element) -> None:
    if element.get("Version") != "2.0":
        raise LoginRefused(
            "saml-version", "SAML version 2.0", quoted(element.get("Version", "")) if element.get("Version") else "none"
        )


def check_issue_instant(element: Element, clock: Clock) -> datetime:
    issued_at = time_of(element, "IssueInstant")
    if clock.is_before(issued_at):
        raise clock.refusal("saml-issued-in-future", "a message issued in the past", issued_at)
    return issued_at


def check_issuer(issuer: str, idp_entity_id: str, where: str, count: int = 1) -> str:
    if issuer != idp_entity_id or count != 1:
        slash = issuer.rstrip("/") == idp_entity_id.rstrip("/")
        raise LoginRefused(
            "saml-issuer",
            f"the issuer {quoted(idp_entity_id)} of this connection in the {where}",
            quoted(issuer) + (", which differs in the slash at the end" if slash and count == 1 else ""),
        )
    return issuer


def shown(time: datetime) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S UTC")


def unverified_in_response_to(message_b64: str, limit: int) -> str:
    """Which request a response says it answers; "" for none. Good for finding a transaction, for nothing else."""
    response = shape.parse(shape.decode(message_b64, limit))
    if response.tag != shape.RESPONSE:
        raise LoginRefused("saml-shape", "a SAML 2.0 Response", "another message")
    return response.get("InResponseTo", "")


def read_response(
    message_b64: str, expected: Expectations, now: datetime, trace: Trace | None = None
) -> VerifiedAssertion:
    """What a signed assertion for this connection says, or `LoginRefused`. `now`: aware, in UTC.

    Replay is for the caller to check (`protocol.md` 8.4 check 12), with `assertion_id` and `expires_at`.
    """
    trace = trace or Trace()
    unverified = shape.parse(shape.decode(message_b64, expected.message_limit))
    trace.message = masking.masked_xml(unverified, expected.shown_attributes)
    unverified_assertion = shape.the_assertion(unverified)
    trace.passed(Part.ANSWER, "One SAML response with one assertion, in an accepted form.")
    response, assertion = _signed_parts(unverified, unverified_assertion, expected, trace)
    clock = Clock(now, expected.clock_skew)
    _check_response(response, expected, clock, trace)
    return _read_assertion(assertion, expected, clock, trace)


def check_signed(message_b64: str, expected: Expectations) -> None:
    """Shape and signature alone, before an unsolicited message is stored. Raises LoginRefused."""
    unverified = shape.parse(shape.decode(message_b64, expected.message_limit))
    _signed_parts(unverified, shape.the_assertion(unverified), expected, Trace())


def _signed_parts(
    unverified: Element, unverified_assertion: Element, expected: Expectations, trace: Trace
) -> tuple[Element, Element]:
    """The response (signed if it can be: its fields only ever refuse) and the signed assertion."""
    response, response_is_signed = unverified, False
    signed_assertion = None
    for signature in signatures(unverified):
        response, response_is_signed = shape.parse_signed(_verify(unverified, signature, expected, trace)), True
    for signature in signatures(unverified_assertion):
        signed_assertion = shape.parse_signed(_verify(unverified_assertion, signature, expected, trace))
    if unverified_assertion.tag == shape.ENCRYPTED_ASSERTION:
        return response, _opened_assertion(response, response_is_signed, expected, trace)
    if signed_assertion is not None:
        return response, signed_assertion
    if response_is_signed:
        return response, _direct_child(response, shape.ASSERTION)
    raise LoginRefused("saml-unsigned", "a signature on the response or the assertion", "none")


def _opened_assertion(response: Element, response_is_signed: bool, expected: Expectations, trace: Trace) -> Element:
    """The assertion inside the EncryptedAssertion; the rules for signatures hold inside (check 16)."""
    sealed = _direct_child(response, shape.ENCRYPTED_ASSERTION)
    plain = xml_encryption.decrypt(sealed, expected.decryption_key())
    try:
        assertion = shape.parse(plain)
        shape.check_inner_assertion(assertion)
    except LoginRefused:
        # A wrong key leaves noise: telling which kind of noise would be an oracle, so all of it is one refusal.
        raise xml_encryption.undecryptable() from None
    trace.passed(Part.SIGNATURE, "The assertion was encrypted for the key of this connection.")
    for signature in signatures(assertion):
        return shape.parse_signed(_verify(assertion, signature, expected, trace))
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


def _direct_child(response: Element, tag: str) -> Element:
    return next(child for child in response if child.tag == tag)


def _verify(element: Element, signature: Element, expected: Expectations, trace: Trace) -> bytes:
    signed = xml_signature.verify(element, signature, expected.certificates, expected.allow_sha1)
    what = "response" if element.tag == shape.RESPONSE else "assertion"
    trace.passed(Part.SIGNATURE, f"The {what} is signed with a certificate of this connection.")
    return signed


def _check_response(response: Element, expected: Expectations, clock: Clock, trace: Trace) -> None:
    """The envelope. What it says is not always signed, so that it is right gives nothing; that it is wrong refuses."""
    check_version(response)
    check_issue_instant(response, clock)
    if issuers := response.findall(ISSUER):
        issuer = check_issuer(text_of(issuers[0]), expected.idp_entity_id, "response", len(issuers))
        trace.passed(Part.CONDITIONS, "Issuer of the response", expected.idp_entity_id, issuer)
    if len(response.findall(STATUS)) != 1:
        raise LoginRefused("saml-shape", "one Status in the response", f"{len(response.findall(STATUS))}")
    if refusal := shape.status_refusal(response):
        raise refusal
    destination = response.get("Destination")
    if destination is not None and destination != expected.acs_url:
        raise LoginRefused(
            "saml-destination", f"a response for {quoted(expected.acs_url)}", f"one for {quoted(destination)}"
        )
    trace.passed(Part.CONDITIONS, "Destination", expected.acs_url, destination or "none is named")
    _check_in_response_to(response.get("InResponseTo"), expected, "response")
    trace.passed(Part.CONDITIONS, "Answers the request of this sign-in (InResponseTo)")


def _read_assertion(assertion: Element, expected: Expectations, clock: Clock, trace: Trace) -> VerifiedAssertion:
    """The assertion's content, every check passed."""
    check_version(assertion)
    assertion_id = require_id(assertion)
    trace.clocks(time_of(assertion, "IssueInstant"), clock.now)
    issued_at = check_issue_instant(assertion, clock)
    issuer = check_issuer(text_of(one(assertion, "Issuer")), expected.idp_entity_id, "assertion")
    trace.passed(Part.CONDITIONS, "Issuer of the assertion", expected.idp_entity_id, issuer)
    conditions = one(assertion, "Conditions")
    _check_audience(conditions, expected)
    trace.passed(Part.CONDITIONS, AUDIENCE, expected.sp_entity_id, expected.sp_entity_id)
    ends_at = _check_conditions(conditions, issued_at, clock)
    valid = f"valid at {shown(clock.now)} by our clock, {clock.skew.seconds} s of difference allowed"
    times = f"issued {shown(issued_at)}, valid until {shown(ends_at)}"
    trace.passed(Part.CONDITIONS, "Time", valid, times)
    subject = one(assertion, "Subject")
    _check_confirmations(subject, expected, clock)
    trace.passed(Part.CONDITIONS, "Recipient", expected.acs_url, expected.acs_url)
    named = name_ids_in(subject, expected.decryption_key)
    # Without one, or with an empty one, another attribute may be the subject.
    name_id = read_name_id(named) if any(text_of(item) for item in named) else NameId("")
    authenticated_at, session_ends_at, session_index = _authentication(assertion, clock)
    sent = _sent_values(assertion, expected)
    return VerifiedAssertion(
        assertion_id=assertion_id,
        issuer=issuer,
        name_id=name_id.value,
        name_id_format=name_id.format,
        attributes={name: tuple(value for value in values if isinstance(value, str)) for name, values in sent.items()},
        session_index=session_index,
        authenticated_at=authenticated_at,
        session_ends_at=session_ends_at,
        expires_at=ends_at + clock.skew,
        full_name_id=name_id if name_id.value else None,
        structured={
            name: [*values] for name, values in sent.items() if any(isinstance(value, dict) for value in values)
        },
    )


def _check_in_response_to(value: str | None, expected: Expectations, where: str) -> None:
    """Check 11: what is named must be the open request; nothing may be named only where the IdP may begin."""
    if value is None and not expected.request_id:
        if expected.allow_idp_initiated:
            return
        raise LoginRefused(
            "saml-idp-initiated",
            "an answer to a sign-in that began at Torque",
            "a sign-in that began at the identity provider",
        )
    if value != expected.request_id:
        asked = f"InResponseTo {quoted(expected.request_id)}" if expected.request_id else "no InResponseTo"
        raise LoginRefused("saml-in-response-to", f"{asked} in the {where}", "none" if value is None else quoted(value))


def _check_audience(conditions: Element, expected: Expectations) -> None:
    """Every AudienceRestriction must name us (SAML core 2.5.1.4)."""
    restrictions = conditions.findall(f"{{{SAML}}}AudienceRestriction")
    accepted = {expected.sp_entity_id}
    if not _HAS_SCHEME.match(expected.sp_entity_id):
        accepted.add(f"spn:{expected.sp_entity_id}")  # Entra, for an identifier that is no URI
    for audiences in [[text_of(item) for item in restriction] for restriction in restrictions] or [[]]:
        if not accepted.intersection(audiences):
            raise LoginRefused(
                "saml-audience",
                f"the audience {quoted(expected.sp_entity_id)}",
                ", ".join(quoted(audience) for audience in audiences[:5]) or "none",
            )


def _check_conditions(conditions: Element, issued_at: datetime, clock: Clock) -> datetime:
    """Gives the end of validity."""
    unknown = [child for child in conditions if child.tag not in _KNOWN_CONDITIONS]
    if unknown:  # SAML core 2.5.1.1: a condition not understood makes the assertion useless
        raise LoginRefused("saml-condition", "conditions known to SAML 2.0", quoted(str(unknown[0].tag)))
    if "NotBefore" in conditions.attrib:
        begins_at = time_of(conditions, "NotBefore")
        if clock.is_before(begins_at):
            raise clock.refusal("saml-not-yet-valid", "an assertion that is valid already", begins_at)
    ends_at = time_of(conditions, "NotOnOrAfter")
    if clock.has_reached(ends_at):
        raise clock.refusal("saml-expired", "an assertion that is still valid", ends_at)
    if ends_at - issued_at > MAX_LIFETIME:
        raise LoginRefused(
            "saml-lifetime", "an assertion that is valid for at most 24 hours", f"one valid until {shown(ends_at)}"
        )
    return ends_at


def _check_confirmations(subject: Element, expected: Expectations, clock: Clock) -> None:
    """One bearer confirmation that holds is enough (SAML profiles 4.1.4.3); of several bad ones the first counts."""
    confirmations = subject.findall(f"{{{SAML}}}SubjectConfirmation")[:_MAX_CONFIRMATIONS]
    bearers = [item for item in confirmations if item.get("Method") == _BEARER]
    if not bearers:
        methods = ", ".join(quoted(item.get("Method", "")) for item in confirmations)
        raise LoginRefused("saml-bearer", "a subject confirmed by the method bearer", methods or "no confirmation")
    refusals = []
    for bearer in bearers:
        try:
            return _check_confirmation(one(bearer, "SubjectConfirmationData"), expected, clock)
        except LoginRefused as refusal:
            refusals.append(refusal)
    raise refusals[0]


def _check_confirmation(confirmation: Element, expected: Expectations, clock: Clock) -> None:
    recipient = confirmation.get("Recipient")
    if recipient != expected.acs_url:
        raise LoginRefused(
            "saml-recipient",
            f"the recipient {quoted(expected.acs_url)}",
            quoted(recipient) if recipient is not None else "none",
        )
    ends_at = time_of(confirmation, "NotOnOrAfter")
    if clock.has_reached(ends_at):
        raise clock.refusal("saml-confirmation-expired", "a subject confirmation that is still valid", ends_at)
    if "NotBefore" in confirmation.attrib:
        begins_at = time_of(confirmation, "NotBefore")
        if clock.is_before(begins_at):
            raise clock.refusal("saml-not-yet-valid", "a subject confirmation that is valid already", begins_at)
    _check_in_response_to(confirmation.get("InResponseTo"), expected, "subject confirmation")


def _authentication(assertion: Element, clock: Clock) -> tuple[datetime, datetime | None, str]:
    """When the user signed in there, when that session ends (the earliest of several), and its index."""
    statements = assertion.findall(f"{{{SAML}}}AuthnStatement")
    if not statements:
        raise LoginRefused("saml-authn-statement", "an AuthnStatement", "none")
    ends = [time_of(item, "SessionNotOnOrAfter") for item in statements if "SessionNotOnOrAfter" in item.attrib]
    ends_at = min(ends, default=None)
    if ends_at is not None and clock.has_reached(ends_at):
        raise clock.refusal("saml-session-ended", "a session that has not ended", ends_at)
    authenticated_at = time_of(statements[0], "AuthnInstant")
    if clock.is_before(authenticated_at):
        raise clock.refusal("saml-authenticated-in-future", "a sign-in in the past", authenticated_at)
    return authenticated_at, ends_at, statements[0].get("SessionIndex", "")


def _sent_values(assertion: Element, expected: Expectations) -> dict[str, list[str | dict[str, str]]]:
    """Name -> values, without empty ones. A repeated Attribute adds to the first (`protocol.md` 8.3)."""
    found: dict[str, list[str | dict[str, str]]] = {}
    for part in assertion.iterfind(f"{{{SAML}}}AttributeStatement/*"):
        if part.tag not in (_ATTRIBUTE, _ENCRYPTED_ATTRIBUTE):
            continue
        attribute = part if part.tag == _ATTRIBUTE else _opened(part, expected)
        values = [value_of(value) for value in attribute.iterfind(f"{{{SAML}}}AttributeValue")]
        found.setdefault(attribute.get("Name", ""), []).extend(
            value for value in values if isinstance(value, dict) or value.strip()
        )
    return found


def value_of(value: Element) -> str | dict[str, str]:
    """An AttributeValue as text, empty where it is nil; one with elements inside as their names."""
    if value.get(_NIL) in {"true", "1"}:
        return ""
    children = {str(child.tag).rpartition("}")[2]: "" for child in value}
    return children or (value.text or "")


def _opened(sealed: Element, expected: Expectations) -> Element:
    """One that cannot be read is refused, and never counts as absent: groups would be taken away for it."""
    attribute = xml_encryption.opened(sealed, expected.decryption_key(), "an attribute")
    if attribute.tag != _ATTRIBUTE:
        raise LoginRefused("saml-shape", "an Attribute inside the EncryptedAttribute", quoted(str(attribute.tag)))
    return attribute
