"""`create_space ACCOUNT NAME`. Idempotent."""

from typing import Any

from accounts.audit.audit import OPERATOR
from console.management.base import VerbCommand, account_named
from spaces.spaces import create_space


class Command(VerbCommand):
    help = "Create a space in an account."
    positionals = ("account", "name")

    def run(self, *, account: str, name: str, **options: Any) -> dict[str, Any]:
        space, _ = create_space(account_named(account), name, acting=OPERATOR)
        return {"space": space.name}
