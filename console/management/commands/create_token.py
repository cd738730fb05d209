"""`create_token ACCOUNT EMAIL --name N --permission P... [--expires-in-days N]`, or `--service` without EMAIL.

`--connection C`: the connection that a provisioning token provisions users for.
"""

from typing import Any

from accounts.audit.audit import OPERATOR
from accounts.connections import scope as connection_scope
from accounts.errors import ActionRefused
from accounts.permissions import Permission
from accounts.tokens.tokens import LONGEST_BY_OPERATOR, end_after, issue_service_token, issue_token
from console.management.base import VerbCommand, account_named, connection_named, user_with_email

DEFAULT_DAYS = 365


class Command(VerbCommand):
    help = "Create an API token of a user, or of the account itself. Its text is printed only once."
    positionals = ("account",)
    options = {
        "email": {"nargs": "?"},
        "--service": {"action": "store_true", "help": "the account owns the token, not a user"},
        "--name": {"required": True},
        "--permission": {"action": "append", "default": [], "metavar": "PERMISSION"},
        "--connection": {
            "metavar": "CONNECTION",
            "help": "name or id of the connection that the token provisions users for",
        },
        "--expires-in-days": {"type": int, "default": DEFAULT_DAYS, "metavar": "N"},
    }

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        account, email = account_named(options["account"]), options["email"]
        if bool(email) == options["service"]:
            raise ActionRefused("token-owner-not-chosen", "Give either the email of the token's owner or --service.")
        connection = connection_named(account, options["connection"]) if options["connection"] else None
        expires_at = end_after(options["expires_in_days"], LONGEST_BY_OPERATOR)
        named = {"name": options["name"], "permissions": options["permission"]}
        if options["service"]:
            token, text = issue_service_token(
                account, **named, expires_at=expires_at, connection=connection, acting=OPERATOR
            )
        else:
            owner = user_with_email(account, email)
            token, text = issue_token(owner, **named, expires_at=expires_at, connection=connection, acting=OPERATOR)
        warning = connection_scope.warning_without(connection, connection_scope.connections_of(account))
        if warning and Permission.MANAGE_USERS in token.permissions:
            self.stderr.write(warning)
        return {"token": text, "token_id": str(token.id), "expires_at": expires_at.isoformat()}
