"""Deprovision several users: each by `end_access.deprovision`, in a transaction of its own.

So a protected user stops nobody else's deprovisioning.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from accounts.audit.audit import Actor
from accounts.deprovisioning import end_access
from accounts.models import Account, User
from accounts.models.user import UserState
from accounts.rights import PermissionsExceeded
from accounts.users import protection
from accounts.users.protection import Protected


@dataclass(frozen=True)
class Deprovisioned:
    """`deprovisioned`: how many; `refused`: a sentence for each user who keeps access."""

    deprovisioned: int
    refused: tuple[str, ...]


def deprovision_many(user_ids: Iterable[UUID], account: Account, *, acting: Actor) -> Deprovisioned:
    """End the access of these users. Protected users, users with more permissions than the actor, and the actor keep it
    and are named. About eight queries for each."""
    ended, refused = 0, []
    present = User.objects.in_account(account).filter(pk__in=list(user_ids)).with_access()
    for user_id in present.order_by("pk").values_list("pk", flat=True):
        if user_id == acting.user_id:
            refused.append(f"Expected users other than yourself ({acting.label}): another admin can deprovision you.")
            continue
        try:
            user = end_access.deprovision(user_id, account, acting=acting)
            ended += user.state == UserState.DEPROVISIONED
        except (Protected, PermissionsExceeded) as refusal:
            protection.remember(refusal)
            refused.append(str(refusal))
        except User.DoesNotExist:  # erased meanwhile
            continue
    return Deprovisioned(ended, tuple(refused))
