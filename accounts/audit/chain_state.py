"""How the hash chain of an account stands: what is sealed, what waits, when it was last followed from its beginning."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Account, AuditSeal, TaskRun, UnsealedEntry

CHECK = "verify_audit_log"  # the run of `TaskRun` in which all accounts are checked
COUNTED = 1_000


@dataclass(frozen=True)
class ChainState:
    """`waiting`: entries without a seal, at most COUNTED. `is_whole`: as of `checked_at`; None: never checked."""

    sealed: int
    head: str
    sealed_at: datetime | None
    waiting: int
    checked_at: datetime | None
    is_whole: bool | None


def chain_state(account: Account) -> ChainState:
    """Three queries, however long the chain."""
    newest = AuditSeal.objects.in_account(account).order_by("-position").first()
    waiting = UnsealedEntry.objects.in_account(account).order_by()[:COUNTED].count()
    check = TaskRun.objects.filter(name=CHECK).first()
    known = newest is not None or (check is not None and account.slug in check.failed)  # an emptied log is no new one
    checked_at = check.ended_at if check and known and account.created_at < check.began_at else None
    return ChainState(
        sealed=newest.position if newest else 0,
        head=newest.digest if newest else "",
        sealed_at=newest.sealed_at if newest else None,
        waiting=waiting,
        checked_at=checked_at,
        is_whole=account.slug not in check.failed if check and checked_at else None,
    )
