"""Password sign-in, and who a session belongs to."""

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from accounts.folding import fold
from accounts.models import User
from accounts.models.user import UserOrigin, UserState

BACKEND = "accounts.authentication.AccountBackend"


class AccountBackend(BaseBackend):
    """E-mail and password over all accounts; a session's user, as long as that user is active."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """The one active password user with this e-mail and password; None otherwise, after the same work (R9)."""
        if username is None or password is None:
            return None
        candidates = list(
            User.objects.filter(email_key=fold(username), state=UserState.ACTIVE, origin=UserOrigin.PASSWORD)[:20]
        )
        if not candidates:
            User().set_password(password)
        matching = [user for user in candidates if user.check_password(password)]
        return matching[0] if len(matching) == 1 else None

    def get_user(self, user_id: UUID | str) -> User | None:
        active = User.objects.select_related("account", "account_role").filter(state=UserState.ACTIVE)
        user: User | None = active.filter(pk=user_id).first()
        return user
