"""Refresh of published metadata, hourly; the last good copy serves while a provider cannot be read.

A rollover that keeps a key, or adds one, is applied and audited. Another entity ID, or keys that have none in common
with the present ones, would let another party sign in as anybody: that is held until an admin approves it (R64).
"""

import hashlib
import json
import time
from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts import alerts
from accounts.attempts import Parked, attempting
from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.connections.certificates.certificates import fingerprint, key_digests
from accounts.connections.changes import describe_changes, kept_certificates
from accounts.connections.consent import check_verb, was_enabled
from accounts.connections.provider import documents as provider_documents
from accounts.connections.provider.documents import ProviderBusy, ProviderError
from accounts.connections.provider.saml_metadata import IdentityProviderMetadata, MetadataError, read_metadata
from accounts.errors import ActionRefused
from accounts.models import Connection
from accounts.models.identity import Protocol
from accounts.models.work import AlertKind
from common.outbound import guarded_http

log = structlog.get_logger(__name__)

PAUSE = timedelta(minutes=50)  # so that keys are renewed before a login finds them an hour old
PATIENCE = timedelta(hours=24)  # how long reading may fail before admins get an alert
_LONGEST_PROBLEM = 1000  # characters
REFRESHING = Actor("metadata refresh")

_READ = ("idp_entity_id", "sso_url", "sso_by_post", "idp_certificates", "slo_url", "slo_response_url", "slo_by_post")


def due(now: datetime, all_of_them: bool = False) -> list[UUID]:
    """Connections whose provider publishes something to read, longest ago first."""
    published = (Q(protocol=Protocol.SAML) & ~Q(metadata_url="")) | (Q(protocol=Protocol.OIDC) & ~Q(issuer=""))
    found = Connection.objects.not_disabled().filter(published)
    if not all_of_them:
        found = found.filter(_is_due(now))
    return list(found.order_by(F("metadata_tried_at").asc(nulls_first=True)).values_list("id", flat=True))


def _is_due(now: datetime) -> Q:
    return Q(metadata_tried_at=None) | Q(metadata_tried_at__lte=now - PAUSE)


def refresh_due(seconds: float | None = None, all_of_them: bool = False) -> dict[str, int]:
    """Reads what is due, for at most so many seconds; gives how many were `read`, `changed`, `held` and `failed`."""
    counts = Counter({"read": 0, "changed": 0, "held": 0, "failed": 0})
    until = time.monotonic() + seconds if seconds is not None else float("inf")
    for connection_id in due(timezone.now(), all_of_them):
        if time.monotonic() >= until:
            break
        now = timezone.now()
        # The turn is taken by a conditional update, so two workers do not ask for the same.
        turn = Connection.objects.filter(pk=connection_id)
        if (turn if all_of_them else turn.filter(_is_due(now))).update(metadata_tried_at=now):
            counts.update(_attempt(Connection.objects.get(pk=connection_id), now))
    return dict(counts)


def _attempt(connection: Connection, now: datetime) -> list[str]:
    """A document that breaks the reading of it must not keep the others from being read."""
    try:
        with attempting(connection.account_id, "refresh_metadata", str(connection.pk)):
            return refresh(connection, now)
    except Parked:
        return ["failed"]
    except Exception:
        log.exception("Metadata broke the reading of it", connection=str(connection.pk))
        return ["failed"]


def refresh(connection: Connection, now: datetime | None = None) -> list[str]:
    """Reads what one provider publishes; gives which of `read`, `changed`, `held`, `failed`, `busy` it came to.

    Not called inside a transaction: the provider may take 5 seconds.
    """
    now = now or timezone.now()
    try:
        if connection.protocol == Protocol.OIDC:
            provider_documents.refresh(connection, now)
            _note_success(connection, now)
            return ["read"]
        found = _fetched(connection)
        if expired := found.expired(now):  # who copies an old document must not bring back keys that were given up
            raise MetadataError(expired)
    except (ProviderBusy, guarded_http.OutboundBusy):  # this server did not ask, which is no fault of the provider
        return ["busy"]
    except (ProviderError, MetadataError, guarded_http.OutboundError) as problem:
        _note_failure(connection, str(problem)[:_LONGEST_PROBLEM], now)
        return ["failed"]
    return ["read", *_compare(connection, found, now)]


def _fetched(connection: Connection) -> IdentityProviderMetadata:
    """What the address says of our provider; of another, when it speaks of that one alone."""
    document = guarded_http.fetch(connection.metadata_url, account_id=connection.account_id)
    try:
        return read_metadata(document, connection.idp_entity_id)
    except MetadataError as problem:
        try:
            return read_metadata(document)
        except MetadataError:
            raise problem from None


def note_read(connection: Connection, address: str) -> None:
    """Record that the metadata address was just read and saved. Does nothing where the connection has another address,
    as the live one has beside a draft.
    """
    own = Connection.objects.in_account(connection.account_id).filter(pk=connection.pk, metadata_url=address)
    if address and own.exists():
        _note_success(connection, timezone.now())


def _note_success(connection: Connection, now: datetime) -> None:
    Connection.objects.filter(pk=connection.pk).update(metadata_read_at=now, metadata_problem="")
    alerts.resolve_alerts(connection.account_id, AlertKind.METADATA_PROBLEM, str(connection.pk))


def _note_failure(connection: Connection, problem: str, now: datetime) -> None:
    Connection.objects.filter(pk=connection.pk).update(metadata_problem=problem)
    log.warning("Metadata could not be read", connection=str(connection.pk), problem=problem)
    since = connection.metadata_read_at or connection.created_at
    if now - since >= PATIENCE:
        sentence = (
            f"What the identity provider of '{connection.name}' publishes could not be read since {since:%Y-%m-%d}:"
            f" {problem} Logins go on with the last good copy."
        )
        alerts.raise_alert(connection.account_id, AlertKind.METADATA_PROBLEM, str(connection.pk), sentence)


@transaction.atomic
def _compare(connection: Connection, found: IdentityProviderMetadata, now: datetime) -> list[str]:
    """Takes what was read, or holds it; judged by the row as it is now."""
    row = Connection.objects.select_for_update().in_account(connection.account_id).get(pk=connection.pk)
    _note_success(row, now)
    proposed = found.fields()
    changes = {name: value for name, value in proposed.items() if _differs(name, getattr(row, name), value)}
    why = _why_not(row, changes)
    if why:
        return _hold(row, proposed, why, now)
    if row.metadata_held:  # the provider has gone back to what it said before
        _forget_held(row)
    if not changes:
        return []
    _take(row, changes, REFRESHING, "connection.metadata-changed")
    return ["changed"]


def _differs(name: str, present: Any, proposed: Any) -> bool:
    if name == "idp_certificates":
        return set(kept_certificates(present)) != set(kept_certificates(proposed))
    return bool(present != proposed)


def _why_not(row: Connection, changes: dict[str, Any]) -> str:
    """Why an admin has to look at the change, as a sentence; empty when nobody has to."""
    if row.idp_entity_id and "idp_entity_id" in changes:
        return (
            f"Expected the entity ID '{row.idp_entity_id}' in the metadata of '{row.name}'; it names"
            f" '{changes['idp_entity_id']}'. Ask the administrator of the identity provider, then approve or"
            " reject the change."
        )
    present, proposed = (
        kept_certificates(text) for text in (row.idp_certificates, changes.get("idp_certificates", ""))
    )
    if present and proposed and not key_digests(present) & key_digests(proposed):
        return (
            f"Expected one of the present signing keys in the metadata of '{row.name}'; it names only others:"
            f" {', '.join(map(fingerprint, proposed))}. Ask the administrator of the identity provider whether"
            " the fingerprints are right, then approve or reject the change."
        )
    return ""


def _hold(row: Connection, proposed: dict[str, Any], why: str, now: datetime) -> list[str]:
    digest = _digest(proposed)
    if row.metadata_held.get("digest") == digest:  # waits already, or an admin dropped it
        return ["held"] if is_held(row) else []
    row.metadata_held = {**proposed, "digest": digest, "why": why, "seen_at": now.isoformat()}
    row.save(update_fields=["metadata_held"])
    alerts.resolve_alerts(row.account_id, AlertKind.METADATA_HELD, str(row.pk))
    alerts.raise_alert(row.account_id, AlertKind.METADATA_HELD, str(row.pk), why)
    audit.record(REFRESHING, "connection.metadata-held", row, describe_changes(row, proposed))
    return ["held"]


def _digest(proposed: dict[str, Any]) -> str:
    """`sso_by_post` counts where it is set: without it, digests kept by the release before are still the same."""
    counted = {name: value for name, value in proposed.items() if name != "sso_by_post" or value}
    return hashlib.sha256(json.dumps(counted, sort_keys=True).encode()).hexdigest()


def is_held(connection: Connection) -> bool:
    """Whether a change of metadata waits for an admin."""
    return "why" in connection.metadata_held


@transaction.atomic
def approve_metadata(connection: Connection, *, acting: Actor) -> None:
    """The held change is right. Raises ActionRefused when none is held, and PermissionsExceeded."""
    row, proposed = _held(connection)
    if was_enabled(row):
        check_verb("approve_metadata", row.account_id, acting)
    _take(row, proposed, acting, "connection.metadata-approved")
    _forget_held(row)


@transaction.atomic
def drop_metadata(connection: Connection, *, acting: Actor) -> None:
    """The held change is wrong: it is not asked for again while the provider publishes the same.

    Raises ActionRefused when none is held.
    """
    row, proposed = _held(connection)
    audit.record(acting, "connection.metadata-dropped", row, describe_changes(row, proposed))
    _forget_held(row, {"digest": row.metadata_held["digest"]})


def _held(connection: Connection) -> tuple[Connection, dict[str, Any]]:
    """The row, locked, and what it would take."""
    row = Connection.objects.select_for_update().in_account(connection.account_id).get(pk=connection.pk)
    if not is_held(row):
        raise ActionRefused("metadata-change-gone", f"No change of the metadata of '{row.name}' waits for a decision.")
    return row, {name: row.metadata_held[name] for name in _READ if name in row.metadata_held}


def _forget_held(row: Connection, kept: dict[str, Any] | None = None) -> None:
    row.metadata_held = kept or {}
    row.save(update_fields=["metadata_held"])
    alerts.resolve_alerts(row.account_id, AlertKind.METADATA_HELD, str(row.pk))


def _take(row: Connection, changes: dict[str, Any], acting: Actor, action: str) -> None:
    described = describe_changes(row, changes)
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))
    audit.record(acting, action, row, described)
