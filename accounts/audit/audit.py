"""The audit log: one entry for each change, in the transaction of the change (R56)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accounts.models import Account, AccountOwned, AuditEntry, User
from common.db import statements
from common.texts import and_more

SHOWN = 50  # names that an entry lists at most


@dataclass(frozen=True)
class Actor:
    """Who does something: a person, a connection, a token or the operator of the installation."""

    label: str
    user_id: UUID | None = None
    ip_address: str | None = None
    request_id: str = ""
    # Nobody looks at each single thing it does: the guard against mass deprovisioning watches it (R45).
    automatic: bool = False
    # Permissions of the API token through which a person acts; None: a session, with all that the person may do.
    limited_to: frozenset[str] | None = None
    # Of provisioning: the connection that its token speaks for, and whether the account has no other that can serve.
    connection_id: UUID | None = None
    is_only_connection: bool = False


OPERATOR = Actor("operator (command line)")


def person(
    user: User, ip_address: str | None = None, request_id: str = "", limited_to: frozenset[str] | None = None
) -> Actor:
    return Actor(user.email, user.id, ip_address, request_id, limited_to=limited_to)


def record(
    acting: Actor,
    action: str,
    target: AccountOwned | Account,
    changes: Mapping[str, Any] | None = None,
    label: str = "",
) -> AuditEntry:
    """Writes that `acting` did `action` to `target`. JSON values, no secrets.

    `changes`: field -> [before, after]; a plain list needs a line in `audit_words`, or a list of two reads as a change.
    """
    written = entry(acting, action, target, changes, label)
    statements.insert(written)
    return written


def record_all(acting: Actor, action: str, changed: Iterable[tuple[AccountOwned, Mapping[str, Any]]]) -> None:
    """An entry for each target with its changes, in one statement; some hundreds at once."""
    entries = [entry(acting, action, target, changes) for target, changes in changed]
    if entries:
        statements.insert_all(entries)


def shortened(names: Sequence[str], total: int | None = None) -> list[str]:
    """The names as an entry lists them: the first fifty, and how many more there are. `total`: if more than given."""
    return and_more(names, SHOWN, total)


def entry(
    acting: Actor, action: str, target: AccountOwned | Account, changes: Mapping[str, Any] | None, label: str = ""
) -> AuditEntry:
    """What `record` writes, to be written together with the change."""
    return AuditEntry(
        account_id=target.pk if isinstance(target, Account) else target.account_id,
        actor=acting.label,
        actor_id=acting.user_id,
        action=action,
        object_type=target._meta.model_name or "",
        object_id=target.pk,
        object_label=label or str(target),
        changes=dict(changes or {}),
        request_id=acting.request_id,
        ip_address=acting.ip_address,
    )
