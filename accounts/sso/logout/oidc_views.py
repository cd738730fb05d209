"""The address at which an OpenID provider says that its session ended: by a frame (GET), or by itself (POST) with a
logout token (OpenID Connect Back-Channel Logout 1.0), which says which session, or whose, has ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from accounts import login_records, sessions, unrecorded_refusals
from accounts.audit.audit import Actor
from accounts.connections.provider.documents import ProviderBusy, ProviderError
from accounts.models import Connection
from accounts.models.identity import Protocol, Vendor
from accounts.rate_limits import limited_by
from accounts.sso.dead_ends import takes
from accounts.sso.oidc import claims as oidc_claims
from accounts.sso.oidc import id_token, relying_party
from accounts.sso.oidc import refusals as oidc_errors
from accounts.sso.oidc.id_token import Kind
from accounts.sso.refusal import LoginRefused
from accounts.sso.trace import Trace
from common.http.client_address import client_address
from common.outbound import slots

log = structlog.get_logger(__name__)

LOGOUT_TOKEN = Kind("logout token", frozenset({"JWT", "LOGOUT+JWT"}))
EVENT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass(frozen=True)
class Logout:
    """Verified. With `idp_session` that one session is meant, without it all of the subject's (`ExternalIdentity`)."""

    idp_session: str
    subject: str
    message_id: str
    message_expires_at: datetime


@csrf_exempt  # the provider posts, with a signature of its own
@limited_by("LOGOUT", is_program=True)
@takes("GET", "POST", is_program=True)
def oidc_logout(request: HttpRequest, account_slug: str, connection_id: UUID) -> HttpResponse:
    """In any state of connection and users: ending a session is never wrong."""
    found = Connection.objects.select_related("account").filter(account__slug=account_slug, protocol=Protocol.OIDC)
    connection = get_object_or_404(found.exclude(issuer=""), pk=connection_id)
    return _back_channel(request, connection) if request.method == "POST" else _front_channel(request, connection)


def _front_channel(request: HttpRequest, connection: Connection) -> HttpResponse:
    """Front-Channel Logout 1.0. The frame is the provider's, so no cookie of ours arrives: `sid` names the session.

    The caller is not authenticated; a `sid` is known to the provider and the user's browser alone, and allows no more.
    """
    session_name = oidc_claims.session_name(request.GET.get("sid"))
    if request.GET.get("iss", connection.issuer) == connection.issuer:
        acting = _acting(connection, "front-channel", request)
        sessions.end_at_idp(connection, idp_session=session_name, acting=acting)
    response = HttpResponse(headers={"Cache-Control": "no-store"})
    response.xframe_options_exempt = True  # type: ignore[attr-defined]
    # From where the provider may show it in a frame: its own pages, which need not be at the issuer.
    pages = (connection.issuer, connection.discovery.get("end_session_endpoint") or connection.issuer)
    origins = list(dict.fromkeys("{0.scheme}://{0.netloc}".format(urlsplit(page)) for page in pages))
    response._csp_replace = {"frame-ancestors": origins}  # type: ignore[attr-defined]
    return response


def _back_channel(request: HttpRequest, connection: Connection) -> HttpResponse:
    """Back-Channel Logout 1.0, 2.5 to 2.8: 200 when the sessions are over, 400 with the reason otherwise.

    503 when the provider's keys could not be fetched now. Refusals are counted, not recorded.
    """
    try:
        logout = read_token(connection, request.POST.get("logout_token"))
        ended = _end(connection, logout, _acting(connection, "back-channel", request))
    except ProviderBusy as busy:
        response = _answer(503, {"error": "temporarily_unavailable", "error_description": _plain(str(busy))})
        response["Retry-After"] = str(slots.RETRY_AFTER)
        return response
    except LoginRefused as refusal:
        unrecorded_refusals.count(connection, refusal.code, f"A logout was refused. {refusal}")
        log.warning("A logout token was refused", connection=connection.name, code=refusal.code, reason=str(refusal))
        return _answer(400, {"error": "invalid_request", "error_description": _plain(str(refusal))})
    log.info("Logged out by the identity provider", connection=connection.name, sessions=ended)
    return HttpResponse(headers={"Cache-Control": "no-store"})


def read_token(connection: Connection, unverified: object, now: datetime | None = None) -> Logout:
    """What the provider says, after every check. Raises LoginRefused; ProviderBusy when its keys were not asked for.

    Not to be called inside a transaction.
    """
    now = now or timezone.now()
    algorithms = relying_party.algorithms_of(connection)
    token = id_token.read_unverified(unverified, settings.SIGN_IN_MESSAGE_LIMIT, LOGOUT_TOKEN, algorithms)
    try:
        key = relying_party.key_of(connection, token, now)
    except ProviderBusy:
        raise
    except ProviderError as error:
        raise oidc_errors.provider_failed(error, connection) from None
    expected = relying_party.expected_of(connection, now)
    claims = id_token.claims_of_sender(token, key, expected, Trace())
    _check_purpose(claims)
    id_token.check_text(claims, "jti")
    return Logout(
        idp_session=oidc_claims.session_name(claims.get("sid")),
        subject=_subject(connection, claims),
        # Not to be mixed up with an ID token of the same `jti`.
        message_id=f"logout {claims['jti']}",
        message_expires_at=id_token.useless_after(claims, connection.clock_skew),
    )


def _check_purpose(claims: Mapping[str, Any]) -> None:
    """What distinguishes it from other tokens of the provider: the event, and that it answers no sign-in."""
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise LoginRefused("logout-events", f"events with '{EVENT}'", "none" if events is None else "others")
    if "nonce" in claims:
        raise LoginRefused("logout-nonce", "no nonce in a logout token", "one, as in an ID token")
    if "sid" not in claims and "sub" not in claims:
        raise LoginRefused("logout-nobody", "a session (sid) or a user (sub)", "neither")
    for name in {"sid", "sub"} & set(claims):
        id_token.check_text(claims, name)


def _subject(connection: Connection, claims: Mapping[str, Any]) -> str:
    """The subject, as `oidc_claims` gives it; empty: a session is named, and that is enough."""
    if connection.vendor != Vendor.ENTRA:
        return str(claims.get("sub", "")).replace("\x00", "")
    named = [claims.get(name) for name in ("tid", "oid")]
    if all(isinstance(value, str) and value for value in named):
        return oidc_claims.entra_subject(claims)
    if "sid" not in claims:
        raise LoginRefused("logout-nobody", "a session (sid), or a user as tid and oid", "sub alone")
    return ""


@transaction.atomic
def _end(connection: Connection, logout: Logout, acting: Actor) -> int:
    """One transaction with the use of the message, so that a delivery that failed half way may come again (R25)."""
    if not login_records.use_once(connection, logout.message_id, logout.message_expires_at):
        raise LoginRefused("logout-replayed", "a logout token that was not used before", "one that was (jti)")
    named: dict[str, Any] = {"idp_session": logout.idp_session} if logout.idp_session else {"subject": logout.subject}
    return sessions.end_at_idp(connection, **named, acting=acting)


def _acting(connection: Connection, way: str, request: HttpRequest) -> Actor:
    return Actor(f"{connection.name} ({way} logout)", ip_address=client_address(request))


def _answer(status: int, body: dict[str, str]) -> HttpResponse:
    return JsonResponse(body, status=status, headers={"Cache-Control": "no-store"})


def _plain(text: str) -> str:
    """The characters that RFC 6749 5.2 allows in a description."""
    ascii_text = text.replace("“", "'").replace("”", "'").replace('"', "'").replace("\\", "/")
    return "".join(char if " " <= char <= "~" else "?" for char in ascii_text)
