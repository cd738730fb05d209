"""Deprovisioning some people at once: each by the one road (`provisioning.deprovision`), in a transaction of their own.

So nobody is half out, and somebody protected keeps nobody else in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from accounts.models import Account, User
from accounts.models.user import UserState
from accounts.services import protection, provisioning
from accounts.services.audit import Actor
from accounts.services.protection import Protected


@dataclass(frozen=True)
class LetGo:
    """`out`: how many are out now; `refused`: a sentence for each who stays."""

    out: int
    refused: tuple[str, ...]


def let_go(user_ids: Iterable[UUID], account: Account, *, acting: Actor) -> LetGo:
    """Ends the access of these people; who may not leave stays and is named, and so does whoever asks: they would be
    out in the middle of it. About six queries for each."""
    out, refused = 0, []
    present = User.objects.in_account(account).filter(pk__in=list(user_ids)).exclude(state=UserState.DEPROVISIONED)
    for user_id in present.order_by("pk").values_list("pk", flat=True):
        if user_id == acting.user_id:
            refused.append(f"Expected people other than yourself ({acting.label}): another admin can let you go.")
            continue
        try:
            user = provisioning.deprovision(user_id, account, acting=acting)
            out += user.state == UserState.DEPROVISIONED
        except Protected as refusal:
            protection.remember(refusal)
            refused.append(str(refusal))
        except User.DoesNotExist:  # erased by somebody else at this moment
            continue
    return LetGo(out, tuple(refused))
