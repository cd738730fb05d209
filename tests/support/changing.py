"""Changes of one user as SCIM makes them: lock, change, write."""

from uuid import UUID

from accounts.audit.audit import Actor
from accounts.deprovisioning.erase import Erasure, erase_locked
from accounts.models import Account, User
from accounts.provisioning.provisioning import UserRecord, revise_locked
from accounts.users.locking import locked, locked_with_account


def erase(user_id: UUID, account: Account, *, acting: Actor) -> Erasure:
    with locked_with_account(user_id, account) as user:
        return erase_locked(user, acting=acting)


def revise(user_id: UUID, account: Account, record: UserRecord, *, acting: Actor) -> User:
    with locked(user_id, account) as user:
        return revise_locked(user, record, acting=acting)
