"""`create_group ACCOUNT NAME [--idp-identifier X] [--space-role "Space=Role"]... [--account-role R]`. Idempotent."""

from typing import Any

from django.db import transaction

from accounts.audit.audit import OPERATOR
from accounts.connections.agreed_permissions import allow_permissions, through_logins
from accounts.errors import ActionRefused
from accounts.groups.groups import create_group
from accounts.models import Account
from accounts.rights import permissions_of_role
from accounts.users import users
from console.management.base import VerbCommand, account_named, connection_named
from spaces.group_roles import give_space_roles
from spaces.models import Space, SpaceRole
from spaces.spaces import space_named, space_role_named


class Command(VerbCommand):
    help = "Create a group; with an IdP identifier, it is mapped to a group of the identity provider."
    positionals = ("account", "name")
    options = {
        "--idp-identifier": {"default": "", "metavar": "ID"},
        "--space-role": {"action": "append", "default": [], "metavar": "SPACE=ROLE"},
        "--account-role": {"metavar": "ROLE"},
        "--allow-through": {
            "action": "append",
            "default": [],
            "metavar": "CONNECTION",
            "help": "let logins through this connection assign the account role; automatic if only one connection sends"
            " groups",
        },
    }

    @transaction.atomic
    def run(self, *, account: str, name: str, idp_identifier: str, **options: Any) -> dict[str, Any]:
        owner = account_named(account)
        role = users.role_named(owner, options["account_role"]) if options["account_role"] else None
        pairs = [_pair(owner, text) for text in options["space_role"]]
        group, _ = create_group(owner, name, acting=OPERATOR, idp_identifier=idp_identifier, account_role=role)
        give_space_roles(group, pairs, acting=OPERATOR)
        for connection in [connection_named(owner, one) for one in options["allow_through"]]:
            allow_permissions(connection, permissions_of_role(group.account_role), acting=OPERATOR)
        for one in through_logins(group):
            if one.lacking:
                self.stderr.write(f"Logins through {one.connection} do not add members: see --allow-through.")
        return {"group": group.name, "idp_identifier": group.idp_identifier}


def _pair(account: Account, text: str) -> tuple[Space, SpaceRole]:
    space, equals, role = text.partition("=")
    if not equals:
        raise ActionRefused(
            "space-role-pair-invalid", f"Expected SPACE=ROLE such as 'Trial=Space Developer'; received '{text}'."
        )
    return space_named(account, space.strip()), space_role_named(account, role.strip())
