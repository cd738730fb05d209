"""A logout token (OpenID Connect Back-Channel Logout 1.0, 2.4 and 2.6): which session, or whose, has ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.connections.provider.documents import ProviderBusy, ProviderError
from accounts.models import Connection
from accounts.models.identity import Vendor
from accounts.sso.oidc import claims as oidc_claims
from accounts.sso.oidc import id_token, relying_party
from accounts.sso.oidc import refusals as oidc_errors
from accounts.sso.oidc.id_token import Kind
from accounts.sso.refusal import LoginRefused
from accounts.sso.trace import Trace

LOGOUT_TOKEN = Kind("logout token", frozenset({"JWT", "LOGOUT+JWT"}))
EVENT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass(frozen=True)
class Logout:
    """Verified. With `idp_session` that one session is meant, without it all of the subject's (`ExternalIdentity`)."""

    idp_session: str
    subject: str
    message_id: str
    message_expires_at: datetime


def read(connection: Connection, unverified: object, now: datetime | None = None) -> Logout:
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
