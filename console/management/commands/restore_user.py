"""`restore_user ACCOUNT EMAIL`: the record of a deprovisioned person again, nothing of before alive. Idempotent."""

from typing import Any

from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import end_access
from console.management.base import PersonCommand, account_named, user_with_email


class Command(PersonCommand):
    help = "Gives a deprovisioned person back their record; they come in by their company's login."

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        account = account_named(options["account"])
        user = end_access.restore(user_with_email(account, options["email"]).pk, account, acting=OPERATOR)
        return {"user": user.email, "state": user.state}
