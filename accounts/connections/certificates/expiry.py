"""Expiry alerts for certificates, client secrets and API tokens: 30, 14 and 3 days ahead and at the end."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from accounts import alerts
from accounts.connections import unreadable_secrets
from accounts.connections.certificates.certificates import CertificateError, certificate_end, usable_certificates
from accounts.models import Alert, ApiToken, Connection
from accounts.models.identity import Protocol
from accounts.models.request_choices import ClientAuth
from accounts.models.token import TokenKind
from accounts.models.work import AlertKind

LEVELS = (0, 3, 14, 30)  # days
KINDS = (AlertKind.CERTIFICATE_EXPIRY, AlertKind.SECRET_EXPIRY, AlertKind.TOKEN_EXPIRY)
_PUBLISHED_ANEW = "The identity provider must publish a new one in its metadata; we read it every hour."
_ENTERED_BESIDE = (
    "Make a new one in the identity provider, enter it here beside the old one, and only then activate it there."
)
_SHOWN_AFTER_THE_END = timedelta(days=30)


@dataclass(frozen=True)
class Ending:
    """Something with an end. `what` begins its sentence, `to_do` says which side must do what."""

    account_id: UUID
    kind: AlertKind
    subject: str
    ends_at: datetime
    what: str
    to_do: str

    def days_left(self, now: datetime) -> int:
        """Whole days that are left; below 0: it has ended."""
        return (self.ends_at - now).days

    def level(self, now: datetime) -> int | None:
        """The smallest of LEVELS that it is within; None: that is a long time ahead."""
        days = max(math.ceil((self.ends_at - now) / timedelta(days=1)), 0)
        return next((level for level in LEVELS if days <= level), None)

    def sentence(self, now: datetime) -> str:
        over = "ended" if self.ends_at <= now else "ends"
        return f"{self.what} {over} on {self.ends_at:%Y-%m-%d}. {self.to_do}"


def warn(now: datetime | None = None) -> dict[str, int]:
    """Open and close alerts; returns how many of each. A later level closes the alert of the one before."""
    now = now or timezone.now()
    expected = {
        (ending.account_id, str(ending.kind), f"{ending.subject}:{level}"): ending.sentence(now)
        for ending in _all(now)
        if (level := ending.level(now)) is not None
    }
    expected |= _unreadable()
    kinds = (*KINDS, AlertKind.SECRET_UNREADABLE)
    present = Alert.objects.open().filter(kind__in=kinds).values_list("account_id", "kind", "subject")
    known = set(present)
    resolved = sum(alerts.resolve_alerts(owner, AlertKind(kind), key) for owner, kind, key in known - set(expected))
    raised = sum(
        alerts.raise_alert(owner, AlertKind(kind), key, expected[owner, kind, key]) is not None
        for owner, kind, key in set(expected) - known
    )
    return {"alerts_raised": raised, "alerts_resolved": resolved}


def _unreadable() -> dict[tuple[UUID, str, str], str]:
    """What has ended already for us: secrets whose key is gone, of each connection as one sentence."""
    live = Connection.objects.live().iterator(chunk_size=500)
    found = ((connection, " ".join(unreadable_secrets.sentences(connection))) for connection in live)
    kind = str(AlertKind.SECRET_UNREADABLE)
    return {(connection.account_id, kind, str(connection.pk)): sentence for connection, sentence in found if sentence}


def _all(now: datetime) -> Iterator[Ending]:
    for connection in Connection.objects.live().iterator(chunk_size=500):
        yield from endings_of(connection)
    soon = now + timedelta(days=max(LEVELS))
    long_ones = ApiToken.objects.not_revoked().filter(kind=TokenKind.LONG)
    tokens = long_ones.filter(expires_at__gt=now - _SHOWN_AFTER_THE_END, expires_at__lte=soon)
    for token in tokens.iterator(chunk_size=500):
        yield Ending(
            token.account_id,
            AlertKind.TOKEN_EXPIRY,
            str(token.pk),
            token.expires_at or now,
            f"The API token '{token.name}' ({token.prefix}…)",
            "Create a new one here and put it where this one is used, for provisioning in the identity provider.",
        )


def endings_of(connection: Connection) -> Iterator[Ending]:
    """What a connection needs that ends: of the provider's certificates, the one that is good for longest."""
    for kind, part, ends_at, what, to_do in _ends(connection):
        if ends_at:
            yield Ending(connection.account_id, kind, f"{connection.pk}{part}", ends_at, what, to_do)


def _ends(connection: Connection) -> Iterator[tuple[AlertKind, str, datetime | None, str, str]]:
    kind, name = AlertKind.CERTIFICATE_EXPIRY, connection.name
    own = (kind, ":own", _last_end(connection.sp_certificate), f"Our own certificate for '{name}'")
    if connection.protocol == Protocol.SAML:
        theirs = f"The last signing certificate of the identity provider of '{name}'"
        to_do = _PUBLISHED_ANEW if connection.metadata_url else _ENTERED_BESIDE
        yield kind, "", _last_end(connection.idp_certificates), theirs, to_do
        yield *own, "Make a new one here, then give the identity provider our metadata again."
    elif connection.client_auth == ClientAuth.PRIVATE_KEY:
        yield *own, "Make a next key here, give the identity provider its certificate, then use it."
    elif connection.has_client_secret:
        to_do = "Make a new one in the identity provider's application and enter it here before the old one ends."
        what, ends_at = f"The client secret of '{name}'", connection.client_secret_expires_at
        yield AlertKind.SECRET_EXPIRY, "", ends_at, what, to_do


def _last_end(certificates: str) -> datetime | None:
    """None when there is none that can be used."""
    try:
        return max((certificate_end(pem) for pem in usable_certificates(certificates)), default=None)
    except CertificateError:
        return None
