"""`create_space ACCOUNT NAME`. Idempotent."""

from typing import Any

from django.core.management.base import CommandParser

from accounts.audit.audit import OPERATOR
from console.management.base import VerbCommand, account_named
from spaces.spaces import create_space


class Command(VerbCommand):
    help = "Create a space in an account."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("account")
        parser.add_argument("name")

    def run(self, *, account: str, name: str, **options: Any) -> dict[str, Any]:
        space, _ = create_space(account_named(account), name, acting=OPERATOR)
        return {"space": space.name}
