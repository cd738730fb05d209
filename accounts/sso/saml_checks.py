"""What a Response and its signed assertion must say to count for this connection (`protocol.md` 8.4, checks 6 to 18).

Each check is one function and one code. Times in messages are UTC; the skew is the connection's, 300 s at most.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from accounts.sso.refusal import LoginRefused, Side
from accounts.sso.saml_shape import ISSUER, SAML, STATUS, Element, quoted, refused, require_id, status_refusal

MAX_SKEW = 300  # seconds, R24
MAX_LIFETIME = timedelta(hours=24)
_MAX_NAME_ID = 512
_MAX_CONFIRMATIONS = 10
_BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,12})?(Z|[+-]\d\d:\d\d)")
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
    decryption_key: str = ""  # PEM
    clock_skew: int = 60  # seconds
    allow_sha1: bool = False
    accept_response_signature_over_encryption: bool = False
    message_limit: int = 256 * 1024  # characters of base64


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


@dataclass(frozen=True)
class Clock:
    now: datetime
    allowed_skew: int

    @property
    def skew(self) -> timedelta:
        return timedelta(seconds=min(self.allowed_skew, MAX_SKEW))

    def is_before(self, moment: datetime) -> bool:
        return self.now + self.skew < moment

    def has_reached(self, moment: datetime) -> bool:
        return self.now - self.skew >= moment

    def refusal(self, code: str, expected: str, moment: datetime) -> LoginRefused:
        """Names both clocks: which of them is wrong is for people to find out."""
        return refused(
            code,
            f"{expected}, with {self.skew.seconds} s allowed",
            f"the time {_shown(moment)} from the identity provider while Torque's clock says {_shown(self.now)}",
            "Compare both clocks with a time service; if both are right, sign in again.",
        )


def check_response(response: Element, expected: Expectations, clock: Clock) -> None:
    """The envelope. What it says is not always signed, so that it is right gives nothing; that it is wrong refuses."""
    _check_version(response)
    _check_issue_instant(response, clock)
    if issuers := response.findall(ISSUER):
        _check_issuer(_text(issuers[0]), expected, "response", len(issuers))
    if len(response.findall(STATUS)) != 1:
        raise refused("shape", "one Status in the response", f"{len(response.findall(STATUS))}")
    if refusal := status_refusal(response):
        raise refusal
    _check_destination(response, expected)
    _check_in_response_to(response.get("InResponseTo"), expected, "response")


def read_assertion(assertion: Element, expected: Expectations, clock: Clock) -> VerifiedAssertion:
    """The assertion's content, every check passed."""
    _check_version(assertion)
    assertion_id = require_id(assertion)
    issued_at = _check_issue_instant(assertion, clock)
    issuer = _check_issuer(_text(_one(assertion, "Issuer")), expected, "assertion")
    conditions = _one(assertion, "Conditions")
    _check_audience(conditions, expected)
    ends_at = _check_conditions(conditions, issued_at, clock)
    subject = _one(assertion, "Subject")
    _check_confirmations(subject, expected, clock)
    name_id, name_id_format = _name_id(subject)
    authenticated_at, session_ends_at, session_index = _authentication(assertion, clock)
    return VerifiedAssertion(
        assertion_id=assertion_id,
        issuer=issuer,
        name_id=name_id,
        name_id_format=name_id_format,
        attributes=_attributes(assertion),
        session_index=session_index,
        authenticated_at=authenticated_at,
        session_ends_at=session_ends_at,
        expires_at=ends_at + clock.skew,
    )


def _check_version(element: Element) -> None:
    if element.get("Version") != "2.0":
        raise refused(
            "version", "SAML version 2.0", quoted(element.get("Version", "")) if element.get("Version") else "none"
        )


def _check_issue_instant(element: Element, clock: Clock) -> datetime:
    issued_at = _moment(element, "IssueInstant")
    if clock.is_before(issued_at):
        raise clock.refusal("issued-in-future", "a message issued in the past", issued_at)
    return issued_at


def _check_issuer(issuer: str, expected: Expectations, where: str, count: int = 1) -> str:
    if issuer != expected.idp_entity_id or count != 1:
        slash = issuer.rstrip("/") == expected.idp_entity_id.rstrip("/")
        raise refused(
            "issuer",
            f"the issuer {quoted(expected.idp_entity_id)} of this connection in the {where}",
            quoted(issuer) + (", which differs in the slash at the end" if slash and count == 1 else ""),
            "If it is the right provider, set the connection's issuer to exactly what it sends.",
        )
    return issuer


def _check_destination(response: Element, expected: Expectations) -> None:
    destination = response.get("Destination")
    if destination is not None and destination != expected.acs_url:
        raise refused(
            "destination",
            f"a response for {quoted(expected.acs_url)}",
            f"one for {quoted(destination)}",
            "Copy the ACS URL of this connection into the identity provider.",
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
            Side.TORQUE,
            "Allow sign-in from the identity provider's portal on the connection, or start at Torque's sign-in page.",
        )
    if value != expected.request_id:
        asked = f"InResponseTo {quoted(expected.request_id)}" if expected.request_id else "no InResponseTo"
        raise refused(
            "in-response-to",
            f"{asked} in the {where}",
            "none" if value is None else quoted(value),
            "Start again at the sign-in page; each answer fits one request only.",
        )


def _check_audience(conditions: Element, expected: Expectations) -> None:
    """Every AudienceRestriction must name us (SAML core 2.5.1.4)."""
    restrictions = conditions.findall(f"{{{SAML}}}AudienceRestriction")
    accepted = {expected.sp_entity_id}
    if not _HAS_SCHEME.match(expected.sp_entity_id):
        accepted.add(f"spn:{expected.sp_entity_id}")  # Entra, for an identifier that is no URI
    for audiences in [[_text(item) for item in restriction] for restriction in restrictions] or [[]]:
        if not accepted.intersection(audiences):
            raise refused(
                "audience",
                f"the audience {quoted(expected.sp_entity_id)}",
                ", ".join(quoted(audience) for audience in audiences[:5]) or "none",
                "Copy this connection's entity ID into the identity provider (Entra: Identifier; Okta: Audience URI).",
            )


def _check_conditions(conditions: Element, issued_at: datetime, clock: Clock) -> datetime:
    """Gives the end of validity."""
    unknown = [child for child in conditions if child.tag not in _KNOWN_CONDITIONS]
    if unknown:  # SAML core 2.5.1.1: a condition not understood makes the assertion useless
        raise refused("condition", "conditions known to SAML 2.0", quoted(str(unknown[0].tag)))
    if "NotBefore" in conditions.attrib:
        begins_at = _moment(conditions, "NotBefore")
        if clock.is_before(begins_at):
            raise clock.refusal("not-yet-valid", "an assertion that is valid already", begins_at)
    ends_at = _moment(conditions, "NotOnOrAfter")
    if clock.has_reached(ends_at):
        raise clock.refusal("expired", "an assertion that is still valid", ends_at)
    if ends_at - issued_at > MAX_LIFETIME:
        raise refused(
            "lifetime", "an assertion that is valid for at most 24 hours", f"one valid until {_shown(ends_at)}"
        )
    return ends_at


def _check_confirmations(subject: Element, expected: Expectations, clock: Clock) -> None:
    """One bearer confirmation that holds is enough (SAML profiles 4.1.4.3); of several bad ones the first is told."""
    confirmations = subject.findall(f"{{{SAML}}}SubjectConfirmation")[:_MAX_CONFIRMATIONS]
    bearers = [item for item in confirmations if item.get("Method") == _BEARER]
    if not bearers:
        methods = ", ".join(quoted(item.get("Method", "")) for item in confirmations)
        raise refused("bearer", "a subject confirmed by the method bearer", methods or "no confirmation")
    refusals = []
    for bearer in bearers:
        try:
            return _check_confirmation(_one(bearer, "SubjectConfirmationData"), expected, clock)
        except LoginRefused as refusal:
            refusals.append(refusal)
    raise refusals[0]


def _check_confirmation(confirmation: Element, expected: Expectations, clock: Clock) -> None:
    recipient = confirmation.get("Recipient")
    if recipient != expected.acs_url:
        raise refused(
            "recipient",
            f"the recipient {quoted(expected.acs_url)}",
            quoted(recipient) if recipient is not None else "none",
            "Copy the ACS URL of this connection into the identity provider (Okta: also as Recipient URL).",
        )
    ends_at = _moment(confirmation, "NotOnOrAfter")
    if clock.has_reached(ends_at):
        raise clock.refusal("confirmation-expired", "a subject confirmation that is still valid", ends_at)
    if "NotBefore" in confirmation.attrib:
        begins_at = _moment(confirmation, "NotBefore")
        if clock.is_before(begins_at):
            raise clock.refusal("not-yet-valid", "a subject confirmation that is valid already", begins_at)
    _check_in_response_to(confirmation.get("InResponseTo"), expected, "subject confirmation")


def _name_id(subject: Element) -> tuple[str, str]:
    """NameID and its format; both empty when there is none (another attribute may name the person)."""
    if subject.find(f"{{{SAML}}}EncryptedID") is not None:
        raise refused("encrypted-name-id", "a NameID in the clear", "an EncryptedID", "Encrypt the assertion instead.")
    found = subject.findall(f"{{{SAML}}}NameID")
    if not found:
        return "", ""
    name_id = _text(found[0])
    if len(found) > 1 or len(name_id) > _MAX_NAME_ID:
        raise refused("name-id", f"one NameID of at most {_MAX_NAME_ID} characters", f"{len(found)} of {len(name_id)}")
    return name_id, found[0].get("Format", "")


def _authentication(assertion: Element, clock: Clock) -> tuple[datetime, datetime | None, str]:
    """When the person signed in there, when that session ends (the earliest of several), and its index."""
    statements = assertion.findall(f"{{{SAML}}}AuthnStatement")
    if not statements:
        raise refused("authn-statement", "an AuthnStatement", "none")
    ends = [_moment(item, "SessionNotOnOrAfter") for item in statements if "SessionNotOnOrAfter" in item.attrib]
    ends_at = min(ends, default=None)
    if ends_at is not None and clock.has_reached(ends_at):
        raise clock.refusal("session-ended", "a session that has not ended", ends_at)
    authenticated_at = _moment(statements[0], "AuthnInstant")
    if clock.is_before(authenticated_at):
        raise clock.refusal("authenticated-in-future", "a sign-in in the past", authenticated_at)
    return authenticated_at, ends_at, statements[0].get("SessionIndex", "")


def _attributes(assertion: Element) -> dict[str, tuple[str, ...]]:
    """Name -> values. A repeated Attribute adds to the first; an empty or nil value is no value (`protocol.md` 8.3)."""
    found: dict[str, list[str]] = {}
    for attribute in assertion.iterfind(f"{{{SAML}}}AttributeStatement/{{{SAML}}}Attribute"):
        values = found.setdefault(attribute.get("Name", ""), [])
        for value in attribute.iterfind(f"{{{SAML}}}AttributeValue"):
            text = "" if len(value) or value.get(_NIL) in {"true", "1"} else value.text or ""
            if text.strip():
                values.append(text)
    return {name: tuple(values) for name, values in found.items()}


def _one(parent: Element, name: str) -> Element:
    found = parent.findall(f"{{{SAML}}}{name}")
    if len(found) != 1:
        code = _MISSING.get(name, "shape") if not found else "shape"
        raise refused(code, f"one {name} in {str(parent.tag).rpartition('}')[2]}", f"{len(found)}")
    return found[0]


_MISSING = {
    "Conditions": "conditions",
    "Subject": "subject",
    "Issuer": "issuer",
    "SubjectConfirmationData": "recipient",
}


def _text(element: Element) -> str:
    """Trimmed text. An element with others inside would be read one way here and another way elsewhere."""
    if len(element):
        raise refused("shape", f"text only in {str(element.tag).rpartition('}')[2]}", "elements inside it")
    return (element.text or "").strip()


def _moment(element: Element, name: str) -> datetime:
    """An xs:dateTime with its zone, as UTC. A missing or unreadable one is refused: no end means no trust."""
    value = element.get(name, "")
    where = f"{name} of {str(element.tag).rpartition('}')[2]}"
    try:
        if not _TIME.fullmatch(value):
            raise ValueError(value)
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        raise refused("time", f"a time with its zone as {where}", quoted(value) if value else "none") from None


def _shown(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")
