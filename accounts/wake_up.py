"""Wake-up calls of services. Tasks import services, not the other way round, so `accounts.tasks` sets these.

Each is called after commit, as in `transaction.on_commit(lambda: wake_up.on_deprovisioned(user.pk), robust=True)`. A
broker that is away delays it briefly and raises nothing. Nothing depends on the call: the sweep finds the row.
"""

from collections.abc import Callable
from uuid import UUID


def _nobody_listens(_id: UUID) -> None:
    """Before `accounts.tasks` is imported: the row waits for the sweep."""


# A user was deprovisioned, and memberships and tokens are to be removed (`User.clean_up_due_since`).
on_deprovisioned: Callable[[UUID], None] = _nobody_listens
