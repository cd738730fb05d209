"""Wake-up calls that services make. Tasks know services, not the other way round, so `accounts.tasks` fills these in.

Each is called after commit: `transaction.on_commit(lambda: waking.on_departure(user.pk), robust=True)`. It takes no
longer than a broker that is away may take, never raises for one, and nothing depends on it: the sweep finds the row.
"""

from collections.abc import Callable
from uuid import UUID


def _nobody_listens(_id: UUID) -> None:
    """Before `accounts.tasks` is imported: the row waits for the sweep."""


# Somebody's access ended, and memberships and tokens are to be taken away (`User.clean_up_due_since`).
on_departure: Callable[[UUID], None] = _nobody_listens
