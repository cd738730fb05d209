"""`end_sessions ACCOUNT EMAIL`: log a user out everywhere; the user may log in again."""

from typing import Any

from accounts import sessions
from accounts.audit.audit import OPERATOR
from console.management.base import UserCommand, account_named, user_with_email


class Command(UserCommand):
    help = "End all sessions of a user in all browsers. The user keeps access; deprovision_user ends it."

    def run(self, *, account: str, email: str, **_: Any) -> dict[str, Any]:
        user = user_with_email(account_named(account), email)
        return {"user": str(user.id), "email": user.email, "ended": sessions.end_all(user, acting=OPERATOR)}
