"""Create and revise users as an identity provider describes them, for SCIM (POST, PUT, PATCH) and commands.

Each change is one transaction with one audit entry. Ending access is `accounts.deprovisioning`.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.connections import scope as connection_scope
from accounts.deprovisioning.end_access import change_access
from accounts.errors import ActionRefused
from accounts.models import Account, User
from accounts.models.account import one_user_more
from accounts.models.user import UserOrigin, UserState
from accounts.rights import account_permissions
from accounts.users import users
from accounts.users.locking import describe_changes, held_deprovisioning, locked, member_role_id, save, values
from accounts.users.protection import Protected, check_may_deprovision
from common.db import statements
from common.folding import fold


@dataclass(frozen=True)
class UserRecord:
    """A user as the IdP describes them. `external_id` and `active`: None when not sent, then they stay as they are.

    `emails` are in order of importance: the primary first. `work_email` is the one of type work. `attributes` is the
    JSON that is kept as it was sent.
    """

    user_name: str
    external_id: str | None = None
    active: bool | None = None
    emails: tuple[str, ...] = ()
    work_email: str = ""
    first_name: str = ""
    last_name: str = ""
    display_name: str = ""
    timezone: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)

    @property
    def email(self) -> str:
        """The primary e-mail, or a user name that is one."""
        return self.emails[0] if self.emails else self.user_name if "@" in self.user_name else ""


class Taken(ActionRefused):
    """Another user of the account has this user name or e-mail (SCIM 409 `uniqueness`)."""


def provision(account: Account, record: UserRecord, *, acting: Actor) -> User:
    """Create a pending user without a password; or restore the user who was deprovisioned before, under the same id.

    Raises Taken, Protected.
    """
    connection_scope.check_addresses(account.pk, (record.email, record.user_name), acting=acting)
    try:
        return _create(account, record, acting)
    except IntegrityError as refused:
        collision = _taken(record, refused)
    with suppress(User.DoesNotExist):  # erased or renamed meanwhile, which frees the name
        return _restore_or_refuse(account, record, collision, acting)
    try:
        return _create(account, record, acting)
    except IntegrityError as refused:
        raise _taken(record, refused) from None


def revise_locked(user: User, record: UserRecord, *, acting: Actor) -> User:
    """Make a user from `locking.locked` what the record says; nothing is written where nothing changes.

    Raises Taken, Protected.
    """
    before, has_access = values(user), user.state != UserState.DEPROVISIONED
    if record.active is False and has_access:
        check_may_deprovision(user, acting)
    record = _with_kept_identifiers(user, record)
    _check_scope(user, record, acting)
    if record.active is not None and (record.active != has_access or held_deprovisioning(user)):
        change_access(user, active=record.active, acting=acting)
    _take_over(user, record)
    if record.external_id is not None:
        user.external_id = record.external_id
    changed = describe_changes(user, before)
    changed |= _take_charge(user, changed, acting)
    if changed:
        _save(user, record, before, changed, acting)
    return user


def _create(account: Account, record: UserRecord, acting: Actor) -> User:
    user = User(account=account, state=UserState.PENDING, origin=UserOrigin.SCIM, external_id=record.external_id or "")
    user.provisioned_by = acting.connection_id
    user.account_role_id = member_role_id(account.pk)
    user.password = users.unusable_password()
    _take_over(user, record)
    if record.active is False:
        user.state, user.deprovisioned_at = UserState.DEPROVISIONED, timezone.now()
    created = audit.entry(acting, "user.created", user, {"state": [None, user.state]})
    with statements.at_once():
        statements.insert_numbered(user, "number", one_user_more(account.pk), statements.inserting([created]))
    return user


def _restore_or_refuse(account: Account, record: UserRecord, collision: Taken, acting: Actor) -> User:
    """O3: a re-hired person comes as a new POST; an active one is taken. Raises Taken, User.DoesNotExist."""
    key = fold(record.user_name)
    found = User.objects.in_account(account).deprovisioned().filter(user_name_key=key).first()
    if found is None:
        raise collision
    with locked(found.pk, account) as user:
        if user.user_name_key != key:
            raise User.DoesNotExist
        if user.state != UserState.DEPROVISIONED:
            raise collision
        active = True if record.active is None else record.active
        return revise_locked(user, replace(record, active=active), acting=acting)


def _take_over(user: User, record: UserRecord) -> None:
    user.user_name = record.user_name
    user.email = record.email
    user.first_name, user.last_name = record.first_name[:150], record.last_name[:150]
    user.display_name = record.display_name
    user.timezone = record.timezone  # as it was sent; `users.zone_of` reads it
    user.work_email_key = fold(record.work_email or user.email)
    others = [key for key in map(fold, record.emails[1:]) if key != user.work_email_key]
    user.other_email_keys = f" {' '.join(others)} " if others else ""
    user.scim_attributes = record.attributes


def _with_kept_identifiers(user: User, record: UserRecord) -> UserRecord:
    """The record without a change of identifiers that provisioning may not make (CVE-2022-1680, R14).

    Raises Protected for such a change. Where the record ends the access too, that comes first, and the identifiers
    stay as they are.
    """
    why = _why_identifiers_stay(user, _changed_identifiers(user, record))
    if not why:
        return record
    if record.active is not False:
        raise Protected("identifier-unchangeable", why, user)
    emails = (user.email,) if user.email else ()
    return replace(record, user_name=user.user_name, emails=emails, external_id=None)


def _changed_identifiers(user: User, record: UserRecord) -> list[str]:
    """Each as the client knows it, with the value that came."""
    is_same = {
        f"externalId '{record.external_id}'": record.external_id in (None, user.external_id),
        f"userName '{record.user_name}'": fold(record.user_name) == user.user_name_key,
        f"e-mail '{record.email}'": fold(record.email) == user.email_key,
    }
    return [text for text, same in is_same.items() if not same]


def _why_identifiers_stay(user: User, changed: list[str]) -> str:
    """A sentence; empty: provisioning may change them. One query, and none where nothing changes."""
    if not changed:
        return ""
    if user.origin == UserOrigin.PASSWORD and any(text.startswith("e-mail") for text in changed):
        reason = "they sign in with a password"
    elif held := account_permissions(user):
        reason = f"they have account permissions ({', '.join(sorted(held))})"
    else:
        return ""
    return (
        f"Expected userName, e-mail and externalId of {user} unchanged, because {reason}; received"
        f" {' and '.join(changed)}. An account admin changes them in Torque, on the user's page under Identifiers;"
        " then send this again."
    )


def _check_scope(user: User, record: UserRecord, acting: Actor) -> None:
    """A connection's provisioning changes its own users only, and moves nobody into another's domain."""
    if user.provisioned_by != acting.connection_id:  # nearly everybody is the connection's own
        connection_scope.check_speaks_for(user, acting)
    present = (user.email_key, user.user_name_key)
    if moved := [address for address in (record.email, record.user_name) if fold(address) not in present]:
        connection_scope.check_addresses(user.account_id, moved, acting)


def _take_charge(user: User, changed: Mapping[str, Any], acting: Actor) -> dict[str, Any]:
    """Note whose provisioning stored the names that a login is found by; return the change for the audit log.

    Names stored by nobody in particular belong to no connection any more. Where the account has one connection only,
    that alone is no reason to write.
    """
    stores_names = not changed.keys().isdisjoint(("external_id", "user_name"))
    in_charge = acting.connection_id is not None and (bool(changed) or not acting.is_only_connection)
    before, after = user.provisioned_by, acting.connection_id
    if before == after or not (stores_names or in_charge):
        return {}
    user.provisioned_by = after
    names = [pk and connection_scope.name_of(pk, user.account_id) for pk in (before, after)]
    return {"provisioned_by": names}


def _save(user: User, record: UserRecord, before: dict[str, Any], changed: Mapping[str, Any], acting: Actor) -> None:
    action = "user.updated"
    if before["state"] != user.state:
        action = "user.deprovisioned" if user.state == UserState.DEPROVISIONED else "user.restored"
    entry = audit.entry(acting, action, user, changed)
    try:
        save(user, before, entry)
    except IntegrityError as refused:
        raise _taken(record, refused) from None


def _taken(record: UserRecord, refused: IntegrityError) -> Taken:
    """The refusal of a record, naming the attribute and its value as the identity provider knows them.

    The database says which of its constraints was broken, by name (PostgreSQL) or columns (SQLite); asking it who has
    the value would take another query, in a transaction that is over.
    """
    broken = str(refused).partition("\n")[0]  # below it are values
    if "user_name_once_per_account" in broken or "user_name_key" in broken:
        what = f"userName '{record.user_name}'"
    elif "user_email_once_per_account" in broken or "email_key" in broken:
        what = _email_as_sent(record)
    else:
        what = "one of the values"
    return Taken(
        "identifier-taken",
        f"{what} is in use by another user of this account."
        " Change it in the identity provider, or remove the other user in Torque.",
    )


def _email_as_sent(record: UserRecord) -> str:
    """A user name that is the e-mail too, or is taken for it, is named first: most mappings begin with it."""
    if not record.emails:
        return f"userName '{record.user_name}'"
    path = 'emails[type eq "work"].value' if record.work_email == record.email else "emails[primary eq true].value"
    is_user_name = fold(record.email) == fold(record.user_name)
    return f"{'userName and ' if is_user_name else ''}{path} '{record.email}'"
