"""The address at which an OpenID provider says that its session ended: by a frame (GET) or by itself (POST)."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.csrf import csrf_exempt

from accounts import login_records, sessions, unrecorded_refusals
from accounts.audit.audit import Actor
from accounts.connections.provider.documents import ProviderBusy
from accounts.models import Connection, ConsumedMessage
from accounts.models.identity import Protocol
from accounts.rate_limits import limited_by
from accounts.sso.dead_ends import takes
from accounts.sso.logout import logout_token
from accounts.sso.logout.logout_token import Logout
from accounts.sso.oidc import claims as oidc_claims
from accounts.sso.refusal import LoginRefused
from common.http.client_address import client_address
from common.outbound import slots

log = structlog.get_logger(__name__)


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
    response._csp_replace = {"frame-ancestors": _origins(connection)}  # type: ignore[attr-defined]
    return response


def _back_channel(request: HttpRequest, connection: Connection) -> HttpResponse:
    """Back-Channel Logout 1.0, 2.5 to 2.8: 200 when the sessions are over, 400 with the reason otherwise.

    503 when the provider's keys could not be fetched now. Refusals are counted, not recorded.
    """
    try:
        logout = logout_token.read(connection, request.POST.get("logout_token"))
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


@transaction.atomic
def _end(connection: Connection, logout: Logout, acting: Actor) -> int:
    """One transaction with the use of the message, so that a delivery that failed half way may come again (R25)."""
    _, first = ConsumedMessage.objects.get_or_create(
        account_id=connection.account_id,
        connection=connection,
        message_id=login_records.digest(logout.message_id),
        defaults={"expires_at": logout.message_expires_at},
    )
    if not first:
        expected, received = "a logout token that was not used before", "one that was (jti)"
        raise LoginRefused("logout-replayed", expected, received)
    named: dict[str, Any] = {"idp_session": logout.idp_session} if logout.idp_session else {"subject": logout.subject}
    return sessions.end_at_idp(connection, **named, acting=acting)


def _acting(connection: Connection, way: str, request: HttpRequest) -> Actor:
    return Actor(f"{connection.name} ({way} logout)", ip_address=client_address(request))


def _origins(connection: Connection) -> list[str]:
    """From where the provider may show our answer in a frame: its own pages, which need not be at the issuer."""
    pages = (connection.issuer, connection.discovery.get("end_session_endpoint") or connection.issuer)
    return list(dict.fromkeys("{0.scheme}://{0.netloc}".format(urlsplit(page)) for page in pages))


def _answer(status: int, body: dict[str, str]) -> HttpResponse:
    return JsonResponse(body, status=status, headers={"Cache-Control": "no-store"})


def _plain(text: str) -> str:
    """The characters that RFC 6749 5.2 allows in a description."""
    ascii_text = text.replace("“", "'").replace("”", "'").replace('"', "'").replace("\\", "/")
    return "".join(char if " " <= char <= "~" else "?" for char in ascii_text)
