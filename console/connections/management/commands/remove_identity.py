"""`remove_identity ACCOUNT EMAIL`: unlink a user, so that the next login links again by verified email."""

from typing import Any

from django.core.management.base import CommandParser

from accounts.audit.audit import OPERATOR
from accounts.connections.identities import remove_identities_of
from accounts.errors import ActionRefused
from console.management.base import UserCommand, account_named, connection_named, user_with_email


class Command(UserCommand):
    help = "Remove the identities of a user, or only the one at a connection, and end the sessions opened with them."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--connection", help="name or id: remove only the identity at this connection")

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        account = account_named(options["account"])
        user = user_with_email(account, options["email"])
        connection = connection_named(account, options["connection"]) if options["connection"] else None
        done = remove_identities_of([user.pk], account, acting=OPERATOR, connection=connection)
        if done.refused:
            raise ActionRefused("identity-kept", done.refused[0])
        return {"user": str(user.pk), "email": user.email, "removed": done.identities, "sessions_ended": done.sessions}
