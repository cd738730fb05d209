"""`grant_application_role ROLE [--password-from VARIABLE]`: the PostgreSQL role of web, worker and beat."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser

from accounts.audit import database_role
from console.management.base import VerbCommand, secret_from


class Command(VerbCommand):
    help = (
        "Let a PostgreSQL role run the product and nothing more: it owns nothing and cannot change the audit log. Run"
        " it as the owner of the tables after each migrate; it creates the role where it is missing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("role")
        parser.add_argument(
            "--password-from", metavar="VARIABLE", help="environment variable with the password the role logs in by"
        )

    def run(self, *, role: str, password_from: str | None, **options: Any) -> dict[str, Any]:
        return asdict(database_role.grant(role, secret_from(password_from) or ""))
