"""`decide_metadata ACCOUNT CONNECTION --approve|--drop`: approve or reject a held metadata change (R64)."""

from typing import Any

from django.core.management.base import CommandParser

from accounts.audit.audit import OPERATOR
from accounts.connections.provider import metadata
from console.management.base import VerbCommand, account_named, connection_named


class Command(VerbCommand):
    help = "Approve or reject the metadata change of a connection that awaits approval."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("account")
        parser.add_argument("connection")
        answer = parser.add_mutually_exclusive_group(required=True)
        answer.add_argument("--approve", action="store_true", help="apply the change")
        answer.add_argument("--drop", action="store_true", help="reject it; the same change is not presented again")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        connection = connection_named(account_named(options["account"]), options["connection"])
        decide = metadata.approve_metadata if options["approve"] else metadata.drop_metadata
        decide(connection, acting=OPERATOR)
        return {"connection": str(connection.pk), "metadata": "taken" if options["approve"] else "dropped"}
