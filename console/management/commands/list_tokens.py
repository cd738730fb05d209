"""`list_tokens ACCOUNT`: all valid tokens of an account (R41)."""

from typing import Any

from accounts.models import ApiToken
from accounts.tokens.tokens import live_tokens
from console.management.base import VerbCommand, account_named


class Command(VerbCommand):
    help = "List the valid API tokens of an account, newest first."
    positionals = ("account",)

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        return {"tokens": [_entry(token) for token in live_tokens(account_named(options["account"]))]}


def _entry(token: ApiToken) -> dict[str, Any]:
    return {
        "token_id": str(token.id),
        "name": token.name,
        "prefix": token.prefix,
        "made_by": str(token.made_by_id) if token.made_by_id else None,
        "owner": token.user.email if token.user else "the account",
        "connection": vars(token)["connection_name"],  # annotated
        "permissions": token.permissions,
        "created_at": token.created_at.isoformat(),
        "expires_at": token.expires_at.isoformat() if token.expires_at else None,
        "last_used_at": token.last_used_at.isoformat() if token.last_used_at else None,
    }
