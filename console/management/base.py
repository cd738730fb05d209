"""Base of all commands: `--json`; exit code 0: done, 1: refused with a reason, 2: wrong usage."""

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.errors import ActionRefused
from accounts.models import Account, Connection, User
from accounts.users import protection
from common.folding import fold


class VerbCommand(BaseCommand):
    """A command that calls one service and prints the result."""

    # Arguments: those by position, and those by name, each with its options of `argparse`.
    positionals: Sequence[str] = ()
    options: Mapping[str, Mapping[str, Any]] = {}
    # Django's checks load every page and all of SCIM, a second of work; `make lint` and a deployment run them.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")
        for name in self.positionals:
            parser.add_argument(name)
        for name, how in self.options.items():
            parser.add_argument(name, **how)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = self.run(**options)
        except ActionRefused as refusal:
            protection.remember(refusal)
            raise CommandError(str(refusal)) from None
        if options["json"]:
            self.stdout.write(json.dumps(result, default=str, ensure_ascii=False))
        else:
            for name, value in result.items():
                self.stdout.write(f"{name}: {_shown(value)}")
        if complaint := self.complaint(result):
            raise CommandError(complaint)

    def complaint(self, result: dict[str, Any]) -> str:
        """Return the reason for exit code 1 after the result is printed; empty: exit code 0."""
        return ""

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        """Run the command and return the object to print. Raises ActionRefused."""
        raise NotImplementedError


class UserCommand(VerbCommand):
    """A command about one user: ACCOUNT EMAIL."""

    positionals = ("account", "email")


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "".join(f"\n  - {_shown(item)}" for item in value) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(item)}" for name, item in value.items())
    return "none" if value in (None, "") else str(value)


def account_named(name: str) -> Account:
    """Return the account with this name or slug. Raises ActionRefused."""
    account = Account.objects.filter(name=name).first() or Account.objects.filter(slug=name.lower()).first()
    if account is None:
        raise ActionRefused("account-unknown", f"There is no account '{name}'.")
    return account


def user_with_email(account: Account, email: str) -> User:
    found = User.objects.in_account(account).select_related("account", "account_role")
    user: User | None = found.present().filter(email_key=fold(email)).first()
    if user is None:
        raise ActionRefused("user-unknown", f"Account '{account}' has no user with the email '{email}'.")
    return user


def connection_named(account: Account, name: str) -> Connection:
    """Return the connection with this name or id. Raises ActionRefused."""
    found = Connection.objects.in_account(account).select_related("account")
    for connection in found:
        if name in (connection.name, str(connection.id)):
            return connection
    raise ActionRefused("connection-unknown", f"Account '{account}' has no connection with the name or id '{name}'.")


def secret_from(variable: str | None) -> str | None:
    """Return the value of an environment variable: other users could read a secret on the command line."""
    if variable is None:
        return None
    if not os.environ.get(variable):
        raise ActionRefused("environment-variable-empty", f"The environment variable {variable} is empty or not set.")
    return os.environ[variable]
