"""PURE. Single logout's two messages, read and made (SAML core 3.7, profiles 4.4; `docs/decisions/0010`).

Read in two steps. `verified` says who sent it: a sender that passes gets an answer. `read_request` and `read_response`
say what it asks for. As with responses, only signed bytes are read, with a certificate of the connection alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import etree

from accounts.sso.refusal import LoginRefused
from accounts.sso.saml import xml_signature
from accounts.sso.saml.bindings import InboundMessage
from accounts.sso.saml.checks import Clock, check_issue_instant, check_issuer, check_version
from accounts.sso.saml.name_id import NameId, name_ids_in, read_name_id
from accounts.sso.saml.shape import (
    LOGOUT_REQUEST,
    LOGOUT_RESPONSE,
    NAME_ID,
    SAML,
    SAMLP,
    SESSION_INDEX,
    STATUS,
    Element,
    check_logout_message,
    one,
    parse,
    parse_signed,
    require_id,
    signatures,
    status_refusal,
    text_of,
    time_of,
)
from common.texts import quoted

# A logout is done at once; an older message was stored and replayed. Also bounds how long its ID is remembered.
MAX_AGE = timedelta(minutes=10)
MAX_SESSION_INDEXES = 100
_STATUS = "urn:oasis:names:tc:SAML:2.0:status"
SUCCESS, REQUESTER, RESPONDER = f"{_STATUS}:Success", f"{_STATUS}:Requester", f"{_STATUS}:Responder"
VERSION_MISMATCH = f"{_STATUS}:VersionMismatch"
REQUEST_DENIED, REQUEST_UNSUPPORTED = f"{_STATUS}:RequestDenied", f"{_STATUS}:RequestUnsupported"
UNKNOWN_PRINCIPAL = f"{_STATUS}:UnknownPrincipal"
_PARTIAL = f"{_STATUS}:PartialLogout"
_BY_USER = "urn:oasis:names:tc:SAML:2.0:logout:user"
_TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True)
class LogoutExpectations:
    """What this connection makes of a logout message. `slo_url`: ours."""

    slo_url: str
    idp_entity_id: str
    certificates: tuple[str, ...]  # PEM, any may fit
    clock_skew: int = 60  # seconds
    allow_sha1: bool = False
    decryption_key: Callable[[], str] = lambda: ""  # PEM; asked for an encrypted NameID only
    message_limit: int = 256 * 1024


@dataclass(frozen=True)
class LogoutRequest:
    """Read from signed bytes after every check. No `session_indexes`: all sessions of that name.

    `expires_at`: until when its ID must be remembered against replay.
    """

    message_id: str
    name_id: NameId
    session_indexes: tuple[str, ...]
    expires_at: datetime


@dataclass(frozen=True)
class LogoutResponse:
    """`is_complete`: the IdP says that it ended its session, and those of all others that it knows of."""

    in_response_to: str
    is_complete: bool
    status: str  # for the log


def verified(inbound: InboundMessage, expected: LogoutExpectations) -> Element:
    """The message, signed by the connection's IdP and issued by it. Raises LoginRefused, also for unsigned ones."""
    tag = LOGOUT_REQUEST if inbound.is_request else LOGOUT_RESPONSE
    message = (
        _verified_redirect(inbound, tag, expected) if inbound.by_redirect else _verified_post(inbound, tag, expected)
    )
    check_issuer(text_of(one(message, "Issuer")), expected.idp_entity_id, "logout message")
    return message


def _verified_redirect(inbound: InboundMessage, tag: str, expected: LogoutExpectations) -> Element:
    """The signature covers the packed message, so it is looked at before anything is unpacked."""
    if inbound.signature is None:
        raise _unsigned()
    found = inbound.signature
    xml_signature.verify_detached(
        found.signed, found.value, found.algorithm, expected.certificates, expected.allow_sha1
    )
    message = parse(inbound.unverified_xml(expected.message_limit))
    check_logout_message(message, tag)
    if signatures(message):  # bindings 3.4.4.1: it must have been taken out
        raise LoginRefused("saml-signature-shape", "no signature inside a message that comes by redirect", "one")
    return message


def _verified_post(inbound: InboundMessage, tag: str, expected: LogoutExpectations) -> Element:
    unverified = parse(inbound.unverified_xml(expected.message_limit))
    check_logout_message(unverified, tag)
    for signature in signatures(unverified):
        signed = xml_signature.verify(unverified, signature, expected.certificates, expected.allow_sha1)
        return parse_signed(signed)
    raise _unsigned()


def _unsigned() -> LoginRefused:
    return LoginRefused(
        "saml-unsigned", "a signed logout message", "one without a signature", "Switch signing of logout on."
    )


def read_request(message: Element, expected: LogoutExpectations, now: datetime) -> LogoutRequest:
    """What a verified LogoutRequest asks for. `now`: aware, in UTC. Raises LoginRefused."""
    clock = Clock(now, expected.clock_skew)
    issued_at = _check_envelope(message, expected, clock)
    if "NotOnOrAfter" in message.attrib:
        ends_at = time_of(message, "NotOnOrAfter")
        if clock.has_reached(ends_at):
            raise clock.refusal("saml-expired", "a logout request that is still valid", ends_at)
    return LogoutRequest(
        message_id=require_id(message),
        name_id=read_name_id(name_ids_in(message, expected.decryption_key)),
        session_indexes=_session_indexes(message),
        expires_at=issued_at + MAX_AGE + 2 * clock.skew,
    )


def read_response(message: Element, expected: LogoutExpectations, now: datetime) -> LogoutResponse:
    """What a verified LogoutResponse says. Whether it answers a request of ours is for the caller to check."""
    _check_envelope(message, expected, Clock(now, expected.clock_skew))
    statuses = message.findall(STATUS)
    if len(statuses) != 1:
        raise LoginRefused("saml-shape", "one Status in the response", f"{len(statuses)}")
    failed = status_refusal(message)
    codes = {code.get("Value", "") for code in statuses[0].iter(f"{{{SAMLP}}}StatusCode")}
    return LogoutResponse(
        in_response_to=message.get("InResponseTo", ""),
        is_complete=failed is None and _PARTIAL not in codes,
        status=failed.received if failed else ", ".join(sorted(code.rpartition(":")[2] for code in codes)),
    )


def _check_envelope(message: Element, expected: LogoutExpectations, clock: Clock) -> datetime:
    """Gives the time of issue. A signed message must name its destination (bindings 3.4.5.2, 3.5.5.2)."""
    check_version(message)
    issued_at = check_issue_instant(message, clock)
    if clock.has_reached(issued_at + MAX_AGE):
        raise clock.refusal("saml-stale", "a logout message issued in the last ten minutes", issued_at)
    destination = message.get("Destination")
    if destination != expected.slo_url:
        raise LoginRefused(
            "saml-destination",
            f"a logout message for {quoted(expected.slo_url)}",
            f"one for {quoted(destination)}" if destination is not None else "one that names no destination",
            "Copy the logout address of this connection into the identity provider.",
        )
    return issued_at


def _session_indexes(message: Element) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(text_of(item) for item in message.findall(SESSION_INDEX)))
    if len(found) > MAX_SESSION_INDEXES or "" in found:
        # An empty one read as "none" would end every session of the user.
        raise LoginRefused(
            "saml-session-index", f"up to {MAX_SESSION_INDEXES} SessionIndexes with a value", f"{len(found)}"
        )
    return found


def request_document(
    message_id: str, issuer: str, destination: str, name_id: NameId, session_index: str, now: datetime
) -> Element:
    """A LogoutRequest, not signed yet. The IdP may take it until MAX_AGE from `now`."""
    root = _document("LogoutRequest", message_id, issuer, destination, now)
    root.set("NotOnOrAfter", (now + MAX_AGE).strftime(_TIME_FORMAT))
    root.set("Reason", _BY_USER)
    etree.SubElement(root, NAME_ID, name_id.attributes()).text = name_id.value
    if session_index:
        etree.SubElement(root, SESSION_INDEX).text = session_index
    return root


def response_document(
    message_id: str, issuer: str, destination: str, in_response_to: str, statuses: tuple[str, ...], now: datetime
) -> Element:
    """A LogoutResponse, not signed yet. `statuses`: the top-level code, and if need be a second one inside it."""
    root = _document("LogoutResponse", message_id, issuer, destination, now)
    root.set("InResponseTo", in_response_to)
    parent = etree.SubElement(root, STATUS)
    for status in statuses:
        parent = etree.SubElement(parent, f"{{{SAMLP}}}StatusCode", Value=status)
    return root


def _document(name: str, message_id: str, issuer: str, destination: str, now: datetime) -> Element:
    attributes = {
        "ID": message_id,
        "Version": "2.0",
        "IssueInstant": now.strftime(_TIME_FORMAT),
        "Destination": destination,
    }
    root = etree.Element(f"{{{SAMLP}}}{name}", attributes, {"samlp": SAMLP, "saml": SAML})
    etree.SubElement(root, f"{{{SAML}}}Issuer").text = issuer
    return root


def statuses_of(refusal: LoginRefused) -> tuple[str, ...]:
    """The status codes for the sender of what was refused (core 3.2.2.2)."""
    return _STATUSES.get(refusal.code, (REQUESTER, REQUEST_DENIED))


_STATUSES = {
    "saml-encrypted-name-id": (REQUESTER, REQUEST_UNSUPPORTED),
    "saml-name-id": (REQUESTER, UNKNOWN_PRINCIPAL),
    "saml-version": (VERSION_MISMATCH,),
}
