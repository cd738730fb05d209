"""The verbs of provisioning: announce a person, revise what is known of them, let them go, erase them.

One road for SCIM (POST, PUT, PATCH, DELETE) and commands. Each is one transaction with one audit entry. Access ends in
the transaction that ends it: state and session epoch decide over logins, sessions and tokens (R2, R3).
"""

import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import wake_up
from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.connections import scope as connection_scope
from accounts.deprovisioning import cleanup, guard
from accounts.models import Account, AuditEntry, User
from accounts.models.account import one_user_fewer, one_user_more
from accounts.models.user import UserOrigin, UserState
from accounts.provisioning.identifiers import with_kept_identifiers
from accounts.provisioning.taken import Taken, taken
from accounts.provisioning.user_record import UserRecord
from accounts.rights import check_may_act_on, is_member_by_own_role
from accounts.users import users
from accounts.users.locking import changed, locked_user
from accounts.users.protection import check_may_deprovision
from common.db import statements
from common.db.statements import NeedsLock, Write
from common.folding import fold


@dataclass(frozen=True)
class Erasure:
    """The name the person had; and whether they are still here, because their departure is held."""

    label: str
    held: bool = False


def provision(account: Account, record: UserRecord, *, acting: Actor) -> User:
    """A new pending user without a password; or the person who was let go before, restored under the same id.

    Raises Taken, Protected.
    """
    connection_scope.check_addresses(account.pk, (record.email, record.user_name), acting=acting)
    try:
        return _announce(account, record, acting)
    except IntegrityError as refused:
        collision = taken(record, refused)
    with suppress(User.DoesNotExist):  # erased or renamed meanwhile, which frees the name
        return _restore_or_refuse(account, record, collision, acting)
    try:
        return _announce(account, record, acting)
    except IntegrityError as refused:
        raise taken(record, refused) from None


def _announce(account: Account, record: UserRecord, acting: Actor) -> User:
    user = User(account=account, state=UserState.PENDING, origin=UserOrigin.SCIM, external_id=record.external_id or "")
    user.provisioned_by = acting.connection_id
    user.account_role_id = users.member_role_id(account.pk)
    user.password = _no_password()
    _take_over(user, record)
    if record.active is False:
        user.state, user.deprovisioned_at = UserState.DEPROVISIONED, timezone.now()
    created = audit.entry(acting, "user.created", user, {"state": [None, user.state]})
    with statements.at_once():
        statements.insert_numbered(user, "number", one_user_more(account.pk), statements.inserting([created]))
    return user


def revise(user_id: UUID, account: Account, record: UserRecord, *, acting: Actor) -> User:
    """Makes the user what the record says, if that is a change. Raises Taken, Protected, User.DoesNotExist."""
    return changed(user_id, account, partial(revise_read, record=record, acting=acting))


def revise_read(user: User, record: UserRecord, *, acting: Actor) -> User:
    """As `revise`, for a user from `locking.changed` or `locked_user`."""
    before, was = _told(user), {name: getattr(user, name) for name in _REVISED}
    if record.active is not None and _takes_steps(user, is_in=record.active):
        raise NeedsLock
    if record.active is False and user.state != UserState.DEPROVISIONED:
        check_may_deprovision(user, acting)
    record = with_kept_identifiers(user, record)
    _check_scope(user, record, acting)
    if record.active is not None:
        _change_access(user, record.active, acting)
    _take_over(user, record)
    if record.external_id is not None:
        user.external_id = record.external_id
    after = _told(user)
    changes = _differences(before, after)
    changes |= _take_charge(user, changes, acting)
    if not changes:
        return user
    user.version += 1
    told = audit.entry(acting, _action(before["state"], user.state), user, changes)
    try:
        _write(user, _changed(user, was), told)
    except IntegrityError as refused:
        raise taken(record, refused) from None
    if user.clean_up_due_since and not was["clean_up_due_since"]:
        _clean_up_after_commit(user)
    return user


@transaction.atomic
def deprovision(user_id: UUID, account: Account, *, acting: Actor) -> User:
    """The person is out when this returns: no login, no session, no token. Raises Protected, DoesNotExist."""
    user = locked_user(user_id, account)
    if user.state == UserState.DEPROVISIONED:
        return user
    check_may_deprovision(user, acting)
    told = _told(user)
    if not _change_access(user, False, acting):
        return user
    user.save(update_fields=["account_role", "state", "session_epoch", "deprovisioned_at", "clean_up_due_since"])
    audit.record(acting, "user.deprovisioned", user, _differences(told, _told(user)))
    _clean_up_after_commit(user)
    return user


@transaction.atomic
def restore(user_id: UUID, account: Account, *, acting: Actor) -> User:
    """The same record again, as Account Member; no session or token of before comes back to life.

    Raises DoesNotExist, and PermissionsExceeded for a held person who may do more than the actor.
    """
    user = locked_user(user_id, account)
    check_may_act_on([user], acting)
    if user.state != UserState.DEPROVISIONED:
        guard.keep(user, acting)
        return user
    _set_access(user, active=True)
    user.save(update_fields=["account_role", "state", "deprovisioned_at", "clean_up_due_since"])
    audit.record(acting, "user.restored", user, {"state": [UserState.DEPROVISIONED, user.state]})
    return user


def erase(user_id: UUID, account: Account, *, acting: Actor, check: Callable[[User], None] = lambda _: None) -> Erasure:
    """The person is gone: nothing finds them again, and their names are free. `check` is given who would go.

    Raises Protected, DoesNotExist, and what `check` raises.
    """

    def change(user: User) -> Erasure:
        check(user)
        return _erase(user, acting)

    # The account first or together: a create holds it while it waits for the names that this frees.
    return changed(user_id, account, change, with_account=True)


def _erase(user: User, acting: Actor) -> Erasure:
    if _takes_steps(user, is_in=False):
        raise NeedsLock
    check_may_deprovision(user, acting)
    connection_scope.check_speaks_for(user, acting)
    label = str(user)
    if user.state != UserState.DEPROVISIONED and _is_held(user, acting, erase=True):
        return Erasure(label, held=True)
    _set_access(user, active=False)
    user.clean_up_due_since = user.clean_up_due_since or timezone.now()
    user.email, user.user_name, user.external_id = f"{user.id}@erased.invalid", "", ""
    user.first_name = user.last_name = user.display_name = user.timezone = ""
    user.work_email_key = user.other_email_keys = ""
    user.provisioned_by = None
    user.scim_attributes, user.password, user.erased_at = {}, _no_password(), timezone.now()
    user.version += 1
    told = audit.entry(acting, "user.erased", user, {"state": [None, "erased"]}, label)
    _write(user, _EVERYTHING, told, one_user_fewer(user.account_id))
    _clean_up_after_commit(user)
    return Erasure(label)


def _no_password() -> str:
    """As `make_password(None)`, which draws its 40 characters one by one."""
    return UNUSABLE_PASSWORD_PREFIX + secrets.token_urlsafe(30)


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


def _change_access(user: User, active: bool, acting: Actor) -> bool:
    """Ends or gives back access, unless the guard against mass deprovisioning holds that: then gives False."""
    if active:
        guard.keep(user, acting)
    elif user.state != UserState.DEPROVISIONED and _is_held(user, acting, erase=False):
        return False
    _set_access(user, active)
    return True


def _is_held(user: User, acting: Actor, *, erase: bool) -> bool:
    """Whether the guard holds this departure; then it is written down."""
    if not guard.must_wait(user, acting):
        return False
    guard.hold(user, acting, erase=erase)
    return True


def _set_access(user: User, active: bool) -> None:
    """Ends or gives back access. A restored person is pending, unless they have a password of their own.

    The account role ends with the access: what comes back, whoever asks for it, is an Account Member.

    Tokens are dead by the epoch, so revoking them is left to the clean-up: letting go through SCIM is five queries.
    Restoring does a clean-up that is still due first, or memberships of before would be there again.
    """
    guard.drop(user)
    if active and user.state == UserState.DEPROVISIONED:
        if user.clean_up_due_since is not None:
            cleanup.finish_locked(user)
        _end_account_role(user)  # a process of the release before left it
        user.state = UserState.ACTIVE if user.origin == UserOrigin.PASSWORD else UserState.PENDING
        user.deprovisioned_at = None
    elif not active and user.state != UserState.DEPROVISIONED:
        user.state, user.deprovisioned_at = UserState.DEPROVISIONED, timezone.now()
        user.session_epoch += 1
        user.clean_up_due_since = timezone.now()
        _end_account_role(user)


def _end_account_role(user: User) -> None:
    if not is_member_by_own_role(user):
        cleanup.note_account_role(user)
        user.account_role = users.member_role(user.account_id)


def _clean_up_after_commit(user: User) -> None:
    transaction.on_commit(partial(_wake, user.pk), robust=True)


def _wake(user_id: UUID) -> None:
    wake_up.on_deprovisioned(user_id)


@transaction.atomic
def _restore_or_refuse(account: Account, record: UserRecord, collision: Taken, acting: Actor) -> User:
    """O3: a re-hired person comes as a new POST; an active one is taken. Raises Taken, User.DoesNotExist."""
    key = fold(record.user_name)
    out = User.objects.in_account(account).deprovisioned()
    gone = out.filter(user_name_key=key).first()
    if gone is None:
        raise collision
    user = locked_user(gone.pk, account)
    if user.user_name_key != key:
        raise User.DoesNotExist
    if user.state != UserState.DEPROVISIONED:
        raise collision
    active = True if record.active is None else record.active
    return revise_read(user, UserRecord(**{**record.__dict__, "active": active}), acting=acting)


def _takes_steps(user: User, *, is_in: bool) -> bool:
    """Whether a person who was read without a lock cannot be made in or out in one statement.

    A held departure is dropped, who comes back may have a clean-up to be done first, and an account role is noted.
    """
    if not user.stamp or guard.held_deprovisioning(user) is not None:
        return bool(user.stamp)
    was_in = user.state != UserState.DEPROVISIONED
    if is_in:
        return not was_in
    return was_in and not is_member_by_own_role(user)


def _write(user: User, names: Sequence[str], told: AuditEntry, *first: Write) -> None:
    """Raises NeedsLock when somebody changed a person meanwhile who was read without a lock; and IntegrityError."""
    if user.stamp:
        statements.update_as_read(user, names, user.stamp, told, *first)
    else:
        statements.write(*first, statements.updating(user, names), statements.inserting([told]))


def _check_scope(user: User, record: UserRecord, acting: Actor) -> None:
    """A connection's provisioning changes its own people only, and moves nobody into another's domain."""
    connection_scope.check_speaks_for(user, acting)
    present = (user.email_key, user.user_name_key)
    moved = [address for address in (record.email, record.user_name) if fold(address) not in present]
    connection_scope.check_addresses(user.account_id, moved, acting)


def _take_charge(user: User, changes: dict[str, Any], acting: Actor) -> dict[str, Any]:
    """Notes whose provisioning stored the names that a login is found by; gives what to tell the audit log.

    Names stored by nobody in particular belong to no connection any more. Where the account has one connection only,
    that alone is no reason to write.
    """
    stores_names = not changes.keys().isdisjoint(("external_id", "user_name"))
    in_charge = acting.connection_id is not None and (bool(changes) or not acting.is_only_connection)
    before, after = user.provisioned_by, acting.connection_id
    if before == after or not (stores_names or in_charge):
        return {}
    user.provisioned_by = after
    names = [pk and connection_scope.name_of(pk, user.account_id) for pk in (before, after)]
    return {"provisioned_by": names}


# What a revision may change, and what follows from some of it.
_REVISED = (
    *("user_name", "email", "work_email_key", "other_email_keys", "external_id", "first_name", "last_name"),
    *("display_name", "timezone", "scim_attributes", "provisioned_by"),
    *("state", "account_role", "session_epoch", "deprovisioned_at", "clean_up_due_since"),
)
_FOLLOWS = {
    "user_name": ("user_name_key", "search_key"),
    "email": ("email_key", "search_key"),
    "first_name": ("search_key",),
    "last_name": ("search_key",),
}
_EVERYTHING = (*_REVISED, "user_name_key", "email_key", "search_key", "version", "modified_at", "password", "erased_at")
_COLUMNS = ("user_name", "email", "external_id", "first_name", "last_name", "display_name", "timezone", "state")


def _changed(user: User, was: dict[str, Any]) -> tuple[str, ...]:
    """Names of the fields to write."""
    names = [name for name in _REVISED if getattr(user, name) != was[name]]
    follows = dict.fromkeys(key for name in names for key in _FOLLOWS.get(name, ()))
    return (*names, *follows, "version", "modified_at")


def _told(user: User) -> dict[str, Any]:
    """What the audit log says of a change; of kept attributes only their names."""
    told = {name: getattr(user, name) for name in _COLUMNS}
    return {**told, "account_role": user.account_role.name, "attributes": user.scim_attributes}


def _differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {name: [old, after[name]] for name, old in before.items() if after[name] != old}


def _action(before: str, after: str) -> str:
    if before == after:
        return "user.updated"
    return "user.deprovisioned" if after == UserState.DEPROVISIONED else "user.restored"
