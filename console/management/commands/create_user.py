"""`create_user ACCOUNT EMAIL [--first-name] [--last-name] [--account-role] [--password-env VAR]`."""

from typing import Any

from accounts.audit.audit import OPERATOR
from accounts.permissions import ACCOUNT_MEMBER
from accounts.users import users
from console.management.base import VerbCommand, account_named, secret_from


class Command(VerbCommand):
    help = "Create a user: with a password, or pending until the first SSO login."
    positionals = ("account", "email")
    options = {
        "--first-name": {"default": ""},
        "--last-name": {"default": ""},
        "--account-role": {"default": ACCOUNT_MEMBER, "metavar": "ROLE"},
        "--password-env": {"metavar": "VAR", "help": "environment variable that holds the password"},
    }

    def run(self, *, account: str, email: str, account_role: str, **options: Any) -> dict[str, Any]:
        owner = account_named(account)
        password = secret_from(options["password_env"])
        profile = {
            "first_name": options["first_name"],
            "last_name": options["last_name"],
            "account_role": users.role_named(owner, account_role),
        }
        if password is None:
            user = users.provision_pending(owner, email, acting=OPERATOR, **profile)
        else:
            user = users.create_password_user(owner, email, password, acting=OPERATOR, **profile)
        return {"user": user.email, "state": user.state}
