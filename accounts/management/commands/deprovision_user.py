"""`deprovision_user ACCOUNT EMAIL`: ends a person's access at once: no login, no session, no token. Idempotent."""

from typing import Any

from django.core.management.base import CommandParser

from accounts.management.base import VerbCommand, account_named, user_with_email
from accounts.services import provisioning
from accounts.services.audit import OPERATOR


class Command(VerbCommand):
    help = "Ends a person's access at once: no login, no session, no token."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("account")
        parser.add_argument("email")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        account = account_named(options["account"])
        user = provisioning.deprovision(user_with_email(account, options["email"]).pk, account, acting=OPERATOR)
        return {"user": user.email, "state": user.state}
