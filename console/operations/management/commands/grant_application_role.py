"""`grant_application_role ROLE [--password-from VARIABLE]`: set up the PostgreSQL role of web, worker and beat."""

from dataclasses import asdict
from typing import Any

from accounts.audit import database_role
from console.management.base import VerbCommand, secret_from


class Command(VerbCommand):
    help = (
        "Grant a PostgreSQL role what the product needs and no more: it owns nothing and cannot change the audit"
        " log. Run this command as the owner of the tables after each migrate. It creates a missing role."
    )
    positionals = ("role",)
    options = {
        "--password-from": {"metavar": "VARIABLE", "help": "environment variable that holds the password of the role"}
    }

    def run(self, *, role: str, password_from: str | None, **options: Any) -> dict[str, Any]:
        return asdict(database_role.grant(role, secret_from(password_from) or ""))
