"""`deprovision_user ACCOUNT EMAIL`: deprovision a user. Idempotent."""

from typing import Any

from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import end_access
from console.management.base import UserCommand, account_named, user_with_email


class Command(UserCommand):
    help = "Deprovision a user: sign-in, sessions and API tokens end immediately."

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        account = account_named(options["account"])
        user = end_access.deprovision(user_with_email(account, options["email"]).pk, account, acting=OPERATOR)
        return {"user": user.email, "state": user.state}
