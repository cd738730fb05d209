"""Account permissions that an account admin allows the logins of a connection to give (`docs/decisions/0020`).

A login adds nobody to a group, and assigns no account role, with a permission outside this set. It still removes, and
what a user has already stays.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.connections.admin_requests import Request, answer_requests
from accounts.connections.consent import check_verb
from accounts.connections.vendors import VENDORS
from accounts.errors import ActionRefused
from accounts.models import Account, Connection, Group
from accounts.rights import ALL, GIVEN_BY_GROUP, is_account_admin, permissions_of_role


@dataclass(frozen=True)
class Gift:
    """What logins could give: a mapped group or an account role. `lacking`: of its permissions, those not agreed to."""

    name: str
    permissions: tuple[str, ...]
    lacking: tuple[str, ...]


def agreed(connection: Connection) -> frozenset[str]:
    return frozenset(connection.agreed_permissions or ())


def lacking(connection: Connection, permissions: Iterable[str]) -> tuple[str, ...]:
    """Those of these permissions that its logins may not give."""
    return tuple(sorted(set(permissions) - agreed(connection)))


def gifts_of(connection: Connection) -> list[Gift]:
    """The mapped groups with permissions, if its logins speak of groups, and the account roles that it may give.

    Also of a draft: what it reads decides whether its logins speak of groups. Two queries.
    """
    roles = connection.grantable_account_roles.order_by("name")
    found = [(f"Account role '{role}'", permissions_of_role(role)) for role in roles]
    if _speaks_of_groups(connection):
        mapped = Group.objects.in_account(connection.account_id).exclude(idp_identifier_key="").order_by("name")
        giving = mapped.filter(account_role__isnull=False).annotate(gives=GIVEN_BY_GROUP)
        found += [(f"Group '{name}'", frozenset(gives)) for name, gives in giving.values_list("name", "gives")]
    return [Gift(name, tuple(sorted(given)), lacking(connection, given)) for name, given in found if given]


def not_agreed(connection: Connection) -> list[Gift]:
    return [gift for gift in gifts_of(connection) if gift.lacking]


@transaction.atomic
def allow_permissions(connection: Connection, permissions: Iterable[str], *, acting: Actor) -> bool:
    """Let its logins give these account permissions too. False when they may already.

    Raises PermissionsExceeded, and ActionRefused for what is no permission.
    """
    row = _locked(connection)
    described = put_agreed(row, agreed(row) | set(permissions), acting)
    _save(row, described, acting)
    connection.agreed_permissions = row.agreed_permissions
    return bool(described)


def _locked(connection: Connection) -> Connection:
    rows = Connection.objects.in_account(connection.account_id).select_for_update(no_key=True)
    row: Connection | None = rows.filter(pk=connection.pk).first()
    if row is None:
        raise ActionRefused("connection-deleted", f"The connection '{connection}' was deleted in the meantime.")
    return row


def _save(row: Connection, described: dict[str, Any], acting: Actor) -> None:
    if described:
        row.save(update_fields=["agreed_permissions"])
        audit.record(acting, "connection.permissions-allowed", row, described)


def put_agreed(row: Connection, wanted: Iterable[str], acting: Actor) -> dict[str, Any]:
    """Set exactly these on the object, unsaved. Returns the changes for the audit entry.

    Raises PermissionsExceeded for one that was not agreed to before, and ActionRefused for what is no permission.
    """
    after = frozenset(wanted)
    if unknown := after - ALL:
        raise ActionRefused(
            "account-permission-unknown", f"Expected account permissions; received {', '.join(sorted(unknown))}."
        )
    if after - agreed(row):
        check_verb("allow_permissions", row.account_id, acting)
    return _put(row, after)


def _put(row: Connection, after: frozenset[str]) -> dict[str, Any]:
    before = agreed(row)
    if after == before:
        return {}
    if after - before:
        answer_requests(row, Request.GROUPS)
    row.agreed_permissions = sorted(after)
    return {"agreed_permissions": [sorted(before), sorted(after)]}


def allow_for_group(group: Group, acting: Actor) -> None:
    """Record that an account admin mapped a group with permissions: where only one connection speaks of groups, they
    mean its logins. Of several they say which, on the group's page."""
    only = would_allow(group.account_id, acting)  # which asks for an account admin, as `put_agreed` does
    if only and group.is_mapped:
        row = _locked(only)
        _save(row, _put(row, agreed(row) | permissions_of_role(group.account_role)), acting)


@dataclass(frozen=True)
class Through:
    """A connection whose logins speak of groups, and what of a group's permissions they may not give."""

    connection: Connection
    lacking: tuple[str, ...]


def through_logins(group: Group) -> list[Through]:
    """Of a mapped group with permissions; else empty."""
    gives = permissions_of_role(group.account_role)
    if not group.is_mapped or not gives:
        return []
    return [Through(one, lacking(one, gives)) for one in speaking_connections(group.account_id)]


def would_allow(account: "Account | UUID", acting: Actor) -> Connection | None:
    """The connection that `allow_for_group` speaks of; None: an account admin has to choose, or does not act."""
    speaking = speaking_connections(account)
    return speaking[0] if len(speaking) == 1 and is_account_admin(acting, speaking[0].account_id) else None


def speaking_connections(account: "Account | UUID") -> list[Connection]:
    """Live ones whose logins say in which groups a person is, by name."""
    live = Connection.objects.in_account(account).live().order_by("name")
    return [connection for connection in live if _speaks_of_groups(connection)]


def _speaks_of_groups(connection: Connection) -> bool:
    return VENDORS[connection.vendor].delivers(connection.attribute_names)
