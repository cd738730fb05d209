"""`restore_user ACCOUNT EMAIL`: restore a deprovisioned user, without former sessions, tokens or roles. Idempotent."""

from typing import Any

from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import end_access
from console.management.base import UserCommand, account_named, user_with_email


class Command(UserCommand):
    help = "Restore a deprovisioned user, who then signs in through the identity provider."

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        account = account_named(options["account"])
        user = end_access.restore(user_with_email(account, options["email"]).pk, account, acting=OPERATOR)
        return {"user": user.email, "state": user.state}
