"""`create_space_role ACCOUNT NAME [--template "Space Developer"]`. Idempotent."""

from typing import Any

from accounts.audit.audit import OPERATOR
from console.management.base import VerbCommand, account_named
from spaces.role_mapping import MEMBER_ROLE
from spaces.space_roles import ensure_space_role


class Command(VerbCommand):
    help = "Create a custom space role with the permissions of a template role."
    positionals = ("account", "name")
    options = {"--template": {"default": MEMBER_ROLE, "metavar": "ROLE"}}

    def run(self, *, account: str, name: str, template: str, **options: Any) -> dict[str, Any]:
        role, _ = ensure_space_role(account_named(account), name, template=template, acting=OPERATOR)
        return {"space_role": role.name}
