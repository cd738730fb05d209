"""The heads of the audit log's hash chains: position and digest of each chain's newest seal, kept beside the chain.

A chain that is shorter than its kept head was cut off, however that was done. A writer of the whole database can write
the kept head too; so operators keep copies elsewhere (`verify_audit_log --against`, `docs/audit-log.md`).
"""

from collections.abc import Iterator
from uuid import UUID

import structlog
from django.db.models import Exists, OuterRef

from accounts.audit.links import Finding
from accounts.models import Account, AuditHead, AuditSeal

log = structlog.get_logger(__name__)

Head = tuple[int, str]  # position and digest


def move(account_id: UUID, head: Head) -> None:
    """Keep the head of a chain that has grown. In the transaction that seals, under its lock.

    A kept head that is no longer in the chain stays: it is what shows that the chain was cut off.
    """
    position, digest = head
    kept = AuditHead.objects.in_account(account_id)
    in_the_chain = AuditSeal.objects.filter(
        account=OuterRef("account"), position=OuterRef("position"), digest=OuterRef("digest")
    )
    if kept.filter(Exists(in_the_chain)).update(position=position, digest=digest):
        return
    if kept.exists():
        log.error("The audit log no longer holds its kept head; run verify_audit_log", account=str(account_id))
    else:
        AuditHead.objects.create(account_id=account_id, position=position, digest=digest)


def kept_head(account: Account) -> Head | None:
    return AuditHead.objects.in_account(account).values_list("position", "digest").first()


def removed_accounts() -> Iterator[Finding]:
    """A finding for each kept head whose account is not in the database any more."""
    gone = AuditHead.objects.filter(~Exists(Account.objects.filter(pk=OuterRef("account_id"))))
    for account_id, position in gone.order_by("account_id").values_list("account_id", "position"):
        yield account_removed(str(account_id), position)


def account_removed(account: str, position: int) -> Finding:
    sentence = f"the account is gone, and its chain with it, which once reached position {position}"
    return Finding(account, "account-removed", sentence, position)
