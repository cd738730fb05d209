"""`create_token ACCOUNT EMAIL --name N --permission "Manage Users"... [--expires-in-days N]`."""

from datetime import timedelta
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from accounts.management.base import VerbCommand, account_named, user_with_email
from accounts.services.audit import OPERATOR
from accounts.services.tokens import issue_token

DEFAULT_DAYS = 365


class Command(VerbCommand):
    help = "Create an API token of a user. Its text is printed this once and cannot be read again."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("account")
        parser.add_argument("email")
        parser.add_argument("--name", required=True)
        parser.add_argument("--permission", action="append", default=[], metavar="PERMISSION")
        parser.add_argument("--expires-in-days", type=int, default=DEFAULT_DAYS, metavar="N")

    def run(self, *, account: str, email: str, name: str, permission: list[str], **options: Any) -> dict[str, Any]:
        user = user_with_email(account_named(account), email)
        expires_at = timezone.now() + timedelta(days=options["expires_in_days"])
        token, text = issue_token(user, name, permission, expires_at=expires_at, acting=OPERATOR)
        return {"token": text, "token_id": str(token.id), "expires_at": expires_at.isoformat()}
