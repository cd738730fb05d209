"""Drafts: new settings of an enabled connection are saved beside it, tested, and then published.

A draft names what it changes and nothing else, so what changes live meanwhile goes on to hold (`docs/decisions/0016`).
"""

import copy
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.connections import changes as connection_changes
from accounts.connections.admin_requests import Request, answer_requests
from accounts.connections.agreed_permissions import allow_permissions
from accounts.connections.changes import PROVIDER, SAML_OPTIONS, describe_changes, put
from accounts.connections.connections import check_attribute_names, locked, missing
from accounts.connections.consent import check_verb, was_enabled
from accounts.connections.enforcement import readiness_of
from accounts.connections.provider.metadata import note_read
from accounts.connections.settings_digest import digest_of
from accounts.errors import ActionRefused
from accounts.models import Account, Connection, ConnectionDraft, LoginRecord
from accounts.models.identity import LoginOutcome
from common.encryption import carried, unreadable_fields

DRAFTED = frozenset((*PROVIDER, *SAML_OPTIONS, "attribute_names"))


def draft_of(connection: Connection) -> ConnectionDraft | None:
    """With the live connection as its `connection`."""
    found = ConnectionDraft.objects.in_account(connection.account_id).select_related("connection__account")
    draft: ConnectionDraft | None = found.filter(connection_id=connection.pk).first()
    return draft


def drafted(draft: ConnectionDraft) -> Connection:
    """The connection as the draft has it: a copy to read from, never to be saved."""
    seen = copy.copy(draft.connection)
    put(seen, _values(draft))
    return seen


def with_draft(connection: Connection) -> Connection:
    """As its draft has it, if it has one."""
    draft = draft_of(connection)
    return drafted(draft) if draft else connection


def goes_into_a_draft(connection: Connection) -> bool:
    """Whether new settings wait to be published: once people could sign in through it, an account admin publishes them.

    Where a draft is already, it is not passed by.
    """
    return was_enabled(connection) or draft_of(connection) is not None


@transaction.atomic
def change_settings(connection: Connection, changes: Mapping[str, Any], *, acting: Actor) -> bool:
    """Gives fields of DRAFTED new values: in the draft where the connection has been enabled, else at once.

    A metadata address among them was just read. Raises ActionRefused for what no connection may be. False when nothing
    changed.
    """
    if unknown := set(changes) - DRAFTED:
        raise ActionRefused(
            "draft-field-unknown",
            f"Expected fields of a connection that a draft may change; received {', '.join(unknown)}.",
        )
    row = locked(connection)
    if not goes_into_a_draft(row):
        changed = connection_changes.update_connection(row, changes, acting=acting)
        note_read(row, changes.get("metadata_url", ""))
        return changed
    check_attribute_names(changes.get("attribute_names", {}))
    draft = draft_of(row) or ConnectionDraft(account_id=row.account_id, connection=row)
    seen = drafted(draft)
    described = describe_changes(seen, changes)
    put(seen, changes)
    connection_changes.check_values(seen, changes)
    if described:
        draft.changes = {**draft.changes, **changes}
        _save(draft, described, acting)
    note_read(row, changes.get("metadata_url", ""))
    return bool(described)


@transaction.atomic
def change_client_secret(connection: Connection, secret: str, expires_at: datetime | None, *, acting: Actor) -> None:
    """As `change_settings`; "" removes it. Raises ActionRefused for one that has ended."""
    row = locked(connection)
    if not goes_into_a_draft(row):
        connection_changes.set_client_secret(row, secret, expires_at, acting=acting)
        return
    connection_changes.check_secret_is_good(secret, expires_at)
    draft = draft_of(row) or ConnectionDraft(account_id=row.account_id, connection=row)
    described = connection_changes.describe_secret(drafted(draft), secret, expires_at)
    draft.changes_secret = bool(secret) or row.has_client_secret
    draft.client_secret, draft.client_secret_expires_at = secret, expires_at if secret else None
    _save(draft, described, acting)


@transaction.atomic
def publish(connection: Connection, version: str, *, acting: Actor, allowed: Iterable[str] = ()) -> None:
    """Replace the live settings by the draft's. `version`: of the draft that was looked at; `allowed`: as
    for `connections.enable`.

    Raises PermissionsExceeded; and ActionRefused when that draft is gone or another by now, when the connection would
    be incomplete, and, while the account enforces SSO, without a passed test of exactly these settings.
    """
    row = locked(connection)
    check_verb("publish", row.account_id, acting)
    draft = _of_version(row, version)
    check_may_be_published(draft)
    values = _values(draft)
    described = describe_changes(row, draft.changes)
    if draft.changes_secret:
        described |= connection_changes.describe_secret(row, values["client_secret"], draft.client_secret_expires_at)
    if draft.changes.get("metadata_url"):  # read at the latest when the draft was saved
        values["metadata_read_at"] = draft.saved_at
    connection_changes.take(row, values)
    draft.delete()
    audit.record(acting, "connection.draft-published", row, described)
    allow_permissions(row, allowed, acting=acting)
    answer_requests(row, Request.PUBLISH)


@transaction.atomic
def throw_away(connection: Connection, version: str, *, acting: Actor) -> None:
    """Discard the draft; the live settings stay. `version`: as shown. Raises ActionRefused when it is gone."""
    row = locked(connection)
    draft = _of_version(row, version)
    described = {name: [after, before] for name, (before, after) in describe_changes(row, draft.changes).items()}
    if draft.changes_secret:
        described["client_secret"] = ["in the draft", None]
    draft.delete()
    audit.record(acting, "connection.draft-thrown-away", row, described)
    answer_requests(row, Request.PUBLISH)


def check_may_be_published(draft: ConnectionDraft) -> None:
    """Raises ActionRefused."""
    seen = drafted(draft)
    if unreadable := _unreadable_secret(draft):
        raise ActionRefused("connection-secret-unreadable", unreadable)
    if lacking := missing(seen):
        raise ActionRefused(
            "draft-incomplete",
            f"The draft is not complete: expected {', '.join(lacking)}. Fill it in, then publish it.",
        )
    untested = lacking_test(draft)
    if untested and _is_enforced(draft):
        raise ActionRefused(
            "draft-untested",
            f"Expected a passed test of exactly this draft, because SSO is enforced. {untested}"
            " Test the draft, then publish it.",
        )


def _unreadable_secret(draft: ConnectionDraft) -> str:
    """A sentence; empty when the draft's secret can be read."""
    for lost in unreadable_fields(draft):
        return (
            f"The client secret of the draft cannot be read with the encryption keys of this installation ({lost})."
            " Enter it again on the tab “Identity provider”, then publish the draft."
        )
    return ""


def lacking_test(draft: ConnectionDraft) -> str:
    """Why no test speaks for exactly this draft, a sentence; empty when one does. Enforced SSO asks for more."""
    if unreadable := _unreadable_secret(draft):
        return unreadable
    seen = drafted(draft)
    if _is_enforced(draft):
        return readiness_of(seen).lacking
    tests = LoginRecord.objects.in_account(seen.account_id).filter(connection=seen, outcome=LoginOutcome.TESTED)
    return "" if tests.filter(settings_digest=digest_of(seen)).exists() else "No test of exactly this draft has passed."


def version_of(draft: ConnectionDraft) -> str:
    return draft.saved_at.isoformat()


def _is_enforced(draft: ConnectionDraft) -> bool:
    """As committed by now: what was read before the connection's lock was waited for may be out of date."""
    return Account.objects.filter(pk=draft.account_id, sso_enforced_at__isnull=False).exists()


def _values(draft: ConnectionDraft) -> dict[str, Any]:
    if not draft.changes_secret:
        return dict(draft.changes)
    secret = carried(draft, "client_secret")
    fields = connection_changes.secret_fields(secret, draft.client_secret_expires_at)
    return {**draft.changes, **fields, "client_secret_set_at": draft.saved_at if secret else None}


def _of_version(row: Connection, version: str) -> ConnectionDraft:
    draft = draft_of(row)
    if draft is None:
        raise ActionRefused("draft-gone", f"There is no draft of '{row}' any more: it was published or discarded.")
    if version_of(draft) != version:
        raise ActionRefused("draft-changed", f"The draft of '{row}' changed in the meantime. Review it again.")
    return draft


def _save(draft: ConnectionDraft, described: dict[str, Any], acting: Actor) -> None:
    """A draft that changes nothing is none."""
    live = draft.connection
    draft.changes = {name: value for name, value in draft.changes.items() if getattr(live, name) != value}
    if draft.changes or draft.changes_secret:
        draft.save()
    elif not draft._state.adding:
        draft.delete()
    audit.record(acting, "connection.draft-saved", live, described)
