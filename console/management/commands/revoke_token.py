"""`revoke_token ACCOUNT TOKEN_ID`: revoke a token and all tokens created with it. Idempotent."""

from typing import Any

from accounts.audit.audit import OPERATOR
from accounts.errors import ActionRefused
from accounts.models import ApiToken
from accounts.tokens.revocation import revoke_token
from console.management.base import VerbCommand, account_named


class Command(VerbCommand):
    help = "Revoke an API token by its id (list_tokens shows it) or its shown prefix."
    positionals = ("account", "token_id")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        named = options["token_id"]
        tokens = ApiToken.objects.in_account(account_named(options["account"]))
        found = [token for token in tokens if named in (str(token.id), token.prefix)]
        if len(found) != 1:
            raise ActionRefused("token-unknown", f"This account has no token with the id or prefix '{named}'.")
        ended = revoke_token(found[0], acting=OPERATOR)
        with_it = [token.name for token in ended if token != found[0]]
        return {"token_id": str(found[0].id), "revoked": True, "revoked_with_it": with_it}
