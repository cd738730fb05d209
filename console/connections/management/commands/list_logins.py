"""`list_logins ACCOUNT [--last N]`: the latest logins, newest first."""

from typing import Any

from django.core.management.base import CommandParser

from accounts.models import LoginRecord
from console.management.base import VerbCommand, account_named


class Command(VerbCommand):
    help = "List the latest logins through identity providers with their decisions."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("account")
        parser.add_argument("--last", type=int, default=20, metavar="N")

    def run(self, *, account: str, last: int, **options: Any) -> dict[str, Any]:
        records = LoginRecord.objects.in_account(account_named(account)).select_related("connection")
        return {"logins": [_entry(record) for record in records.order_by("-at")[: max(last, 0)]]}


def _entry(record: LoginRecord) -> dict[str, Any]:
    return {
        "id": str(record.id),
        "reference": record.reference,
        "at": record.at.isoformat(),
        "connection": record.connection.name if record.connection else None,
        "outcome": record.outcome,
        "reason": f"{record.reason}: {record.explanation}" if record.reason else "",
        "email": record.email,
        "decisions": record.decisions,
    }
