"""How each connection stands, for an operator: what was read when, what waits, what ends, and what needs a person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts.connections import unreadable_secrets
from accounts.connections.certificates import expiry
from accounts.connections.certificates.certificates import STRONG, certificate_subject, weakness
from accounts.connections.certificates.expiry import Ending
from accounts.connections.changes import kept_certificates
from accounts.connections.provider import metadata
from accounts.models import Connection
from accounts.models.identity import ConnectionState, Protocol
from accounts.models.work import AlertKind


@dataclass(frozen=True)
class Check:
    """`needs`: a sentence for each thing that a person must do; days below 0: it has ended; None: it has no end."""

    connection: Connection
    last_good_read: datetime | None
    certificate_days_left: int | None
    own_certificate_days_left: int | None
    client_secret_days_left: int | None
    needs: list[str]


def check_all() -> Iterator[Check]:
    """All connections of all accounts, by account and name."""
    now = timezone.now()
    found = Connection.objects.select_related("account").order_by("account__name", "name")
    for connection in found.iterator(chunk_size=500):
        yield check(connection, now)


def check(connection: Connection, now: datetime) -> Check:
    endings = {_place(ending): ending for ending in expiry.endings_of(connection)}
    left = {place: ending.days_left(now) for place, ending in endings.items()}
    # Nobody waits for a connection that is switched off.
    needs = [] if connection.state == ConnectionState.DISABLED else [*_needs(connection, list(endings.values()), now)]
    return Check(
        connection, _last_good_read(connection), left.get("certificate"), left.get("own"), left.get("secret"), needs
    )


def _place(ending: Ending) -> str:
    if ending.kind == AlertKind.SECRET_EXPIRY:
        return "secret"
    return "own" if ending.subject.endswith(":own") else "certificate"


def _last_good_read(connection: Connection) -> datetime | None:
    read = [connection.metadata_read_at]
    if connection.protocol == Protocol.OIDC:
        read += [connection.discovered_at, connection.signing_keys_at]  # a login may have read them since
    return max((at for at in read if at), default=None)


def _needs(connection: Connection, endings: list[Ending], now: datetime) -> Iterator[str]:
    yield from unreadable_secrets.sentences(connection)
    for pem in kept_certificates(connection.idp_certificates):
        if weak := weakness(pem):  # of a row that is older than the rule
            yield (
                f"The certificate '{certificate_subject(pem)}' of the identity provider of '{connection.name}' has"
                f" {weak}: logins signed with it are refused. Expected {STRONG}. Make a new one there, then"
                " read its metadata again or add it on the tab “Certificates”."
            )
    if metadata.is_held(connection):
        yield connection.metadata_held["why"]
    read = _last_good_read(connection)
    if connection.metadata_problem and (read is None or now - read >= metadata.PATIENCE):
        yield connection.metadata_problem
    for ending in endings:
        if ending.level(now) is not None:
            yield ending.sentence(now)
