"""End the access of a user, and give it back: deprovision and restore. `erase` ends it for good.

Access ends in the transaction that says so: state and session epoch decide about logins, sessions and tokens (R2, R3).
What the user still has is removed after the commit (`cleanup`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import wake_up
from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.deprovisioning import cleanup, guard
from accounts.models import Account, User
from accounts.models.user import UserOrigin, UserState
from accounts.rights import PermissionsExceeded, check_may_act_on
from accounts.users.locking import describe_changes, locked, member_role, member_role_id, save, values
from accounts.users.protection import Protected, check_may_deprovision, remember


def deprovision(user_id: UUID, account: Account, *, acting: Actor) -> User:
    """End the access of a user at once: no login, no session, no token. May be held by the guard.

    Raises Protected, PermissionsExceeded and User.DoesNotExist.
    """
    with locked(user_id, account) as user:
        return deprovision_locked(user, acting=acting)


@dataclass(frozen=True)
class Deprovisioned:
    """`deprovisioned`: how many; `refused`: a sentence for each user who keeps access."""

    deprovisioned: int
    refused: tuple[str, ...]


def deprovision_many(user_ids: Iterable[UUID], account: Account, *, acting: Actor) -> Deprovisioned:
    """End the access of these users, each in a transaction of its own, so that a refusal stops nobody else's.

    Protected users, users with more permissions than the actor, and the actor keep it and are named. About eight
    queries for each.
    """
    ended, refused = 0, []
    present = User.objects.in_account(account).filter(pk__in=list(user_ids)).with_access()
    for user_id in present.order_by("pk").values_list("pk", flat=True):
        if user_id == acting.user_id:
            refused.append(f"Expected users other than yourself ({acting.label}): another admin can deprovision you.")
            continue
        try:
            user = deprovision(user_id, account, acting=acting)
            ended += user.state == UserState.DEPROVISIONED
        except (Protected, PermissionsExceeded) as refusal:
            remember(refusal)
            refused.append(str(refusal))
        except User.DoesNotExist:  # erased meanwhile
            continue
    return Deprovisioned(ended, tuple(refused))


def deprovision_locked(user: User, *, acting: Actor) -> User:
    """As `deprovision`, for a user from `locking.locked`."""
    if user.state != UserState.DEPROVISIONED:
        check_may_deprovision(user, acting)
        before = values(user)
        if change_access(user, active=False, acting=acting):
            _save(user, before, "user.deprovisioned", acting)
    return user


def restore(user_id: UUID, account: Account, *, acting: Actor) -> User:
    """Give the same user access again, as Account Member; sessions and tokens of before stay ended.

    A deprovisioning that is held is dropped. Raises PermissionsExceeded and User.DoesNotExist.
    """
    with locked(user_id, account) as user:
        check_may_act_on([user], acting)
        was_out, before = user.state == UserState.DEPROVISIONED, values(user)
        change_access(user, active=True, acting=acting)
        if was_out:
            _save(user, before, "user.restored", acting)
        return user


def change_access(user: User, *, active: bool, acting: Actor) -> bool:
    """Set on a locked user whether they have access; return False where the guard holds its end. The caller saves."""
    if active:
        guard.keep(user, acting)
        _give_access_back(user)
    elif user.state != UserState.DEPROVISIONED:
        if guard.hold_if_too_many(user, acting, erase=False):
            return False
        end_access(user)
        clean_up_after_commit(user)
    return True


def end_access(user: User) -> None:
    """Set on a locked user that they have no access. The account role ends with it.

    Tokens and sessions are dead by the epoch; revoking them is left to the clean-up, which the caller asks for.
    """
    guard.drop(user)
    if user.state == UserState.DEPROVISIONED:
        return
    user.state, user.deprovisioned_at = UserState.DEPROVISIONED, timezone.now()
    user.session_epoch += 1
    user.clean_up_due_since = timezone.now()
    _end_account_role(user)


def _give_access_back(user: User) -> None:
    """Set on a locked user that they have access: as a pending user, or as an active one with a password of their own.

    A clean-up that is still due is done first, or memberships of before would be there again.
    """
    if user.state != UserState.DEPROVISIONED:
        return
    if user.clean_up_due_since is not None:
        cleanup.finish_locked(user)
    _end_account_role(user)  # a process of the release before left it
    user.state = UserState.ACTIVE if user.origin == UserOrigin.PASSWORD else UserState.PENDING
    user.deprovisioned_at = None


def clean_up_after_commit(user: User) -> None:
    transaction.on_commit(lambda: wake_up.on_deprovisioned(user.pk), robust=True)


def _end_account_role(user: User) -> None:
    if user.account_role_id != member_role_id(user.account_id):
        cleanup.note_account_role(user)
        user.account_role = member_role(user.account_id)


def _save(user: User, before: dict[str, Any], action: str, acting: Actor) -> None:
    save(user, before, audit.entry(acting, action, user, describe_changes(user, before)))
