"""Account settings: session lifetimes and retention."""

from django.db import transaction

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.errors import ActionRefused
from accounts.models import Account
from accounts.models.account import LONGEST_SESSION, MAX_RETENTION, SHORTEST_SESSION


@transaction.atomic
def set_session_lifetimes(account: Account, idle_minutes: int, absolute_minutes: int, acting: Actor) -> bool:
    """How long a session lives without a request, and in any case (R4). Shorter ones hold for open sessions at once.

    Raises ActionRefused outside the limits. False when nothing changed.
    """
    for name, minutes in (("idle", idle_minutes), ("absolute", absolute_minutes)):
        if not SHORTEST_SESSION <= minutes <= LONGEST_SESSION:
            raise ActionRefused(
                "session-lifetime-out-of-range",
                f"Expected {SHORTEST_SESSION} to {LONGEST_SESSION} minutes as the {name} lifetime of a session;"
                f" received {minutes}.",
            )
    if idle_minutes > absolute_minutes:
        raise ActionRefused(
            "session-idle-beyond-absolute",
            f"Expected an idle lifetime of at most the absolute one ({absolute_minutes} minutes); received"
            f" {idle_minutes}. Shorten the idle lifetime, or make the absolute one longer.",
        )
    wanted = {"session_idle_minutes": idle_minutes, "session_absolute_minutes": absolute_minutes}
    return _change(account, wanted, "account.session-lifetimes-changed", acting)


@transaction.atomic
def set_retention(account: Account, days: int, acting: Actor) -> bool:
    """Set how long deprovisioned users are kept, to be restored as the same user. False when nothing changed."""
    if not 0 <= days <= MAX_RETENTION:
        raise ActionRefused(
            "user-retention-out-of-range",
            f"Expected 0 to {MAX_RETENTION} days of keeping deprovisioned users; received {days}.",
        )
    return _change(account, {"retention_days": days}, "account.retention-changed", acting)


@transaction.atomic
def set_login_retention(account: Account, days: int, acting: Actor) -> bool:
    """How long records of logins are kept. False when nothing changed. Raises ActionRefused outside the limits."""
    if not 1 <= days <= MAX_RETENTION:
        raise ActionRefused(
            "login-retention-out-of-range",
            f"Expected 1 to {MAX_RETENTION} days of keeping login records; received {days}.",
        )
    return _change(account, {"login_retention_days": days}, "account.login-retention-changed", acting)


def _change(account: Account, wanted: dict[str, int], action: str, acting: Actor) -> bool:
    """`account` is the caller's copy: what was there before is read under the row's lock."""
    row = Account.objects.select_for_update().get(pk=account.pk)
    changes = {name: [getattr(row, name), value] for name, value in wanted.items() if getattr(row, name) != value}
    if changes:
        Account.objects.filter(pk=account.pk).update(**wanted)
        audit.record(acting, action, row, changes)
    for name, value in wanted.items():
        setattr(account, name, value)
    return bool(changes)
