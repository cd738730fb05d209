"""`restore_user ACCOUNT EMAIL`: the record of a deprovisioned person again, nothing of before alive. Idempotent."""

from typing import Any

from django.core.management.base import CommandParser

from accounts.management.base import VerbCommand, account_named, user_with_email
from accounts.services import provisioning
from accounts.services.audit import OPERATOR


class Command(VerbCommand):
    help = "Gives a deprovisioned person back their record; they come in by their company's login."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("account")
        parser.add_argument("email")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        account = account_named(options["account"])
        user = provisioning.restore(user_with_email(account, options["email"]).pk, account, acting=OPERATOR)
        return {"user": user.email, "state": user.state}
