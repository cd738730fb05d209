"""What is wrong with the audit log's hash chains."""

from accounts.audit import chain
from accounts.audit.links import Finding
from accounts.models import Account


def verify(account: Account | None = None) -> list[Finding]:
    """Everything in the log of one account, or all, that is not as it was sealed."""
    accounts = [account] if account else Account.objects.order_by("slug")
    return [finding for each in accounts for finding in chain.check(each).findings]
