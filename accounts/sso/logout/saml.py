"""Single logout of one connection: messages sent, signed with its key, and messages received (SAML profiles 4.4).

Nothing of a logout under way is stored. Our request's ID carries its own proof (time and MAC), so the answer to it is
known again without a cookie, which a cross-site POST would not bring, and without a row that would stay behind.
"""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import structlog
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts import login_records, sessions
from accounts.audit.audit import Actor
from accounts.models import Connection
from accounts.sso.logout import saml_messages
from accounts.sso.logout.saml_messages import LogoutExpectations, LogoutRequest
from accounts.sso.protocols import refusing_unreadable
from accounts.sso.refusal import LoginRefused
from accounts.sso.refusals.saml_rows import MALFORMED
from accounts.sso.saml import bindings as saml_bindings
from accounts.sso.saml import service_provider, xml_signature
from accounts.sso.saml.bindings import Outgoing
from accounts.sso.saml.claims import SESSION_LIMIT
from accounts.sso.saml.name_id import name_id_of
from accounts.sso.saml.shape import Element
from accounts.unrecorded_refusals import Tie
from common.encryption import UnreadableSecret, seal, unseal
from common.texts import storable

log = structlog.get_logger(__name__)

# "id", because Entra refuses an ID that begins with a digit; then time in seconds, chance, MAC.
_KEPT_REQUEST = "kept logout request"  # what the encrypted parameter of its page is bound to
_REQUEST_ID = re.compile(r"id([0-9a-f]{8})([0-9a-f]{24})([0-9a-f]{40})")


def expectations(connection: Connection) -> LogoutExpectations:
    return LogoutExpectations(
        slo_url=service_provider.slo_url(connection),
        idp_entity_id=connection.idp_entity_id,
        certificates=service_provider.certificates(connection),
        clock_skew=connection.clock_skew,
        allow_sha1=connection.allow_sha1,
        decryption_key=refusing_unreadable(lambda: connection.sp_private_key),
        message_limit=settings.SIGN_IN_MESSAGE_LIMIT,
    )


def logout_url(connection: Connection, hints: Mapping[str, str]) -> str:
    """Where the browser goes on, so that the IdP's session ends too; empty where single logout is off.

    An IdP that takes messages by POST only gets it from a page of ours; what that page needs travels encrypted.
    """
    try:
        outgoing = _request(connection, hints)
    except (ValueError, UnreadableSecret):
        log.warning("The key of a connection cannot sign its logout", connection=str(connection.pk))
        return ""
    if outgoing is None or not outgoing.fields:
        return outgoing.address if outgoing else ""
    kept = {"connection": str(connection.pk), "at": timezone.now().timestamp(), "hints": dict(hints)}
    return reverse("sso:saml-logout-form") + "?" + urlencode({"kept": seal(json.dumps(kept), _KEPT_REQUEST)})


def kept_request(token: str) -> tuple[Connection, Outgoing] | None:
    """The request for the page that posts it; None when the token is not ours, is old, or the connection changed."""
    try:
        kept = json.loads(unseal(token, _KEPT_REQUEST))
        connection_id, made_at, hints = kept["connection"], kept["at"], kept["hints"]
    except (UnreadableSecret, ValueError, KeyError, TypeError):
        return None
    connection = Connection.objects.select_related("account").filter(pk=connection_id).first()
    if connection is None or timezone.now().timestamp() - made_at > saml_messages.MAX_AGE.total_seconds():
        return None
    try:
        outgoing = _request(connection, hints)
    except (ValueError, UnreadableSecret):  # the key was lost since
        return None
    return (connection, outgoing) if outgoing and outgoing.fields else None


def _request(connection: Connection, hints: Mapping[str, str]) -> Outgoing | None:
    """ValueError where the connection's key is none, UnreadableSecret where it cannot be decrypted."""
    name_id = name_id_of(hints)
    if name_id is None or not connection.slo_url or not service_provider.slo_url(connection):
        return None
    document = saml_messages.request_document(
        _new_request_id(connection),
        service_provider.entity_id(connection),
        connection.slo_url,
        name_id,
        hints.get("idp_session", ""),
        timezone.now(),
    )
    return _outgoing(connection, saml_bindings.REQUEST, document, connection.slo_url, None)


def answer(
    connection: Connection, in_response_to: str, statuses: tuple[str, ...], relay_state: str | None
) -> Outgoing | None:
    """Our signed LogoutResponse; None where the IdP has named no address for it, or the key cannot be read."""
    address = connection.slo_response_url or connection.slo_url
    if not address:
        return None
    message_id = f"id{secrets.token_hex(20)}"
    document = saml_messages.response_document(
        message_id, service_provider.entity_id(connection), address, in_response_to, statuses, timezone.now()
    )
    try:
        return _outgoing(connection, saml_bindings.RESPONSE, document, address, relay_state)
    except (ValueError, UnreadableSecret):
        log.warning("The key of a connection cannot sign its logout", connection=str(connection.pk))
        return None


def _outgoing(connection: Connection, name: str, document: Element, address: str, relay_state: str | None) -> Outgoing:
    """By the binding that the IdP has. RelayState goes back as it came, and is left out where none came."""
    relay = {} if relay_state is None else {"RelayState": relay_state}
    if connection.slo_by_post:
        xml = xml_signature.signed(document, connection.sp_private_key, connection.sp_certificate)
        return Outgoing(address, {name: saml_bindings.encoded(xml), **relay})
    fields = {name: saml_bindings.deflated(xml_signature.written(document)), **relay}
    return Outgoing(saml_bindings.with_query(address, saml_bindings.signed_query(fields, connection.sp_private_key)))


@dataclass(frozen=True)
class Outcome:
    """`statuses`: for the answer. `reference`: of the record of a refusal; empty when it was only counted."""

    statuses: tuple[str, ...] = (saml_messages.SUCCESS,)
    reference: str = ""

    @property
    def is_done(self) -> bool:
        return self.statuses == (saml_messages.SUCCESS,)


def apply_logout_request(connection: Connection, message: Element, *, ip_address: str | None) -> Outcome:
    """Apply a verified LogoutRequest; a refusal is recorded."""
    try:
        request = saml_messages.read_request(message, expectations(connection), timezone.now())
        ended = _end(connection, request, Actor(f"logout at {connection.name}", ip_address=ip_address))
    except LoginRefused as refusal:
        return Outcome(saml_messages.statuses_of(refusal), record_refusal(connection, refusal, Tie.CONNECTION))
    log.info("Logged out by the identity provider", connection=str(connection.pk), sessions=ended)
    return Outcome()


def record_refusal(connection: Connection, refusal: LoginRefused, tie: Tie) -> str:
    """Beside the logins of the connection, for its admin; gives the reference, empty when it was only counted."""
    explanation = f"A logout was refused. {refusal}"
    reference = login_records.record_or_count_refusal(connection, tie, f"logout-{refusal.code}", explanation)
    log.warning("Logout refused", code=refusal.code, reference=reference, connection=str(connection.pk))
    return reference


@transaction.atomic
def _end(connection: Connection, request: LogoutRequest, acting: Actor) -> int:
    """Once for each message. No session under that name is a success: nothing is left to end.

    But a session that stays, because the IdP names the user differently than at login, must not be reported as ended.
    """
    if not login_records.use_once(connection, request.message_id, request.expires_at):
        raise LoginRefused(
            "saml-message-replayed", "a logout request that was not used before", "one that was used before"
        )
    ended = _end_named(connection, request, acting)
    indexes = [index[:SESSION_LIMIT] for index in request.session_indexes]
    if not ended and sessions.is_open_at_idp(connection, indexes, storable(request.name_id.value)):
        sent = ", ".join(f"{name}={value}" for name, value in request.name_id.attributes().items())
        raise LoginRefused(
            "saml-name-id",
            "the NameID, with its format and qualifiers, that the login of this session had",
            f"another one, with {sent or 'neither format nor qualifier'}",
            "Send the same NameID in logins and in logouts.",
        )
    return ended


def _end_named(connection: Connection, request: LogoutRequest, acting: Actor) -> int:
    """A session that is named too ends for a name that says less of itself; without, the name has to be the same."""
    us = (connection.idp_entity_id, service_provider.entity_id(connection))

    def is_named(hints: Mapping[str, str]) -> bool:
        kept = name_id_of(hints)
        if kept is None or request.session_indexes:
            return kept is not None and request.name_id.may_mean(kept, *us)
        return request.name_id.key(*us) == kept.key(*us)

    if request.session_indexes:
        return sum(
            sessions.end_at_idp(connection, is_named=is_named, idp_session=index[:SESSION_LIMIT], acting=acting)
            for index in request.session_indexes
        )
    # Most connections identify users by their NameID: then only that user's sessions are decrypted to compare it.
    subject = storable(request.name_id.value)
    ended = sessions.end_at_idp(connection, subject=subject, is_named=is_named, acting=acting)
    return ended or sessions.end_at_idp(connection, is_named=is_named, acting=acting)


def is_complete(connection: Connection, message: Element) -> bool:
    """Whether a verified LogoutResponse says that the IdP's session ended too. LoginRefused: it answers nothing."""
    response = saml_messages.read_response(message, expectations(connection), timezone.now())
    if not _is_ours(connection, response.in_response_to):
        raise LoginRefused(
            "saml-in-response-to",
            "an answer to a logout that began here in the last ten minutes",
            "another one",
            MALFORMED,
        )
    if not login_records.use_once(connection, response.in_response_to, timezone.now() + 2 * saml_messages.MAX_AGE):
        raise LoginRefused("saml-message-replayed", "one answer to each logout request", "another one")
    log.info("Logged out at the identity provider", connection=str(connection.pk), status=response.status)
    return response.is_complete


def _new_request_id(connection: Connection) -> str:
    text = f"{int(timezone.now().timestamp()):08x}{secrets.token_hex(12)}"
    return f"id{text}{_mac(connection, text)}"


def _is_ours(connection: Connection, request_id: str) -> bool:
    parts = _REQUEST_ID.fullmatch(request_id)
    if parts is None or not constant_time_compare(parts[3], _mac(connection, parts[1] + parts[2])):
        return False
    return timezone.now().timestamp() - int(parts[1], 16) <= saml_messages.MAX_AGE.total_seconds()


def _mac(connection: Connection, text: str) -> str:
    salt = "accounts.sso.saml_single_logout"  # of messages that are on their way
    return salted_hmac(salt, f"{connection.pk} {text}", algorithm="sha256").hexdigest()[:40]
