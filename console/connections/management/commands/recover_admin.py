"""`recover_admin ACCOUNT [--email EMAIL]`: lift SSO enforcement and print a one-time sign-in link for an admin."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.db import transaction

from accounts.audit.audit import OPERATOR
from accounts.connections import enforcement
from accounts.passwords import recovery_links
from console.management.base import VerbCommand, account_named


class Command(VerbCommand):
    help = (
        "Restore access for an account admin: lift SSO enforcement and print a one-time sign-in link, valid for an"
        " hour."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("account")
        parser.add_argument(
            "--email", default="", help="email of the account admin; default: the first one with a password"
        )

    @transaction.atomic
    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        account = account_named(options["account"])
        admin = recovery_links.admin_to_recover(account, options["email"])
        return {
            "account": account.name,
            "enforcement_lifted": int(enforcement.lift_enforcement(account, acting=OPERATOR)),
            "user": admin.email,
            "login_url": recovery_links.make_url(admin, acting=OPERATOR),
            "minutes": settings.PASSWORD_RESET_TIMEOUT // 60,
        }
