"""Sign-in rules of a connection: who may sign in, default space, roles it may grant."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.connections import changes as connection_changes
from accounts.connections import connections
from accounts.connections.admin_requests import Request, answer_requests
from accounts.connections.consent import check_verb, was_enabled
from accounts.connections.settings_digest import digest, digest_of
from accounts.errors import ActionRefused
from accounts.models import AccountRole, Connection
from accounts.rights import is_account_admin
from spaces.models import DefaultPlacement
from spaces.spaces import set_default_placement


@transaction.atomic
def change_sign_in_rules(
    connection: Connection,
    changes: Mapping[str, Any],
    *,
    grantable_account_roles: Iterable[AccountRole],
    agreed_permissions: Iterable[str] | None = None,
    default_space: str,
    default_role: str,
    acting: Actor,
) -> bool:
    """One audit entry for the connection, one for the default placement (K9) if that changed.

    `default_space` "" is none; `agreed_permissions` None: as they are. False when nothing changed. Raises ActionRefused
    and PermissionsExceeded; then nothing is kept.
    """
    changed = connection_changes.update_connection(
        connection,
        changes,
        grantable_account_roles=grantable_account_roles,
        agreed_permissions=agreed_permissions,
        acting=acting,
    )
    before = placement_of(connection)
    if default_space:
        set_default_placement(connection, default_space, default_role)
    else:
        DefaultPlacement.objects.in_account(connection.account_id).filter(connection=connection).delete()
    after = (default_space, default_role) if default_space else None
    if after != before:
        if was_enabled(connections.locked(connection)):
            check_verb("change_sign_in_rules", connection.account_id, acting)
        changes_made = {"default": [_shown(before), _shown(after)]}
        audit.record(acting, "connection.default-placement-changed", connection, changes_made)
        if is_account_admin(acting, connection.account_id):
            answer_requests(connection, Request.PEOPLE)
    return changed or after != before


@transaction.atomic
def enable_as_seen(connection: Connection, version: str, *, acting: Actor, allowed: Iterable[str] = ()) -> None:
    """As `connections.enable`, if the connection is still as it was looked at: `version_of` of then.

    Raises PermissionsExceeded and ActionRefused.
    """
    row = connections.locked(connection)
    if version != version_of(row):
        raise ActionRefused(
            "connection-settings-changed", f"The settings of '{row}' changed in the meantime. Review them again."
        )
    connections.enable(row, acting=acting, allowed=allowed)


def version_of(connection: Connection) -> str:
    """A fingerprint of all that a login depends on, and of where first logins go."""
    return digest({"settings": digest_of(connection), "placement": placement_of(connection)})


def placement_of(connection: Connection) -> tuple[str, str] | None:
    """(space, space role) of first logins without a usable space; None: there is none."""
    found = DefaultPlacement.objects.in_account(connection.account_id).filter(connection=connection)
    return found.values_list("space__name", "role__name").first()


def _shown(placement: tuple[str, str] | None) -> str | None:
    return f"{placement[1]} in {placement[0]}" if placement else None
