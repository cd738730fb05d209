"""Signing in with a password or a recovery code, and who a session belongs to."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from accounts.audit import audit
from accounts.models import User
from accounts.models.user import UserOrigin
from accounts.passwords import policy as password_policy
from accounts.passwords import recovery_codes
from common.folding import fold
from common.http.client_address import client_address

BACKEND = "accounts.authentication.AccountBackend"


class AccountBackend(BaseBackend):
    """E-mail and password over all accounts; a session's user, as long as that user is active."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        account: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """The one active password user with this e-mail and password; None otherwise, after the same work (R9).

        Where SSO is enforced, people other than account admins count as unknown (R10). `account`: the address (slug) or
        the name of the only account whose people count; None: all accounts.
        """
        if username is None or password is None:
            return None
        named = User.objects.active().filter(email_key=fold(username), origin=UserOrigin.PASSWORD)
        named = named.filter(password_policy.MAY_USE).select_related("account")
        candidates = list(named[:20]) if account is None else _of_account(account, named)
        if not candidates:
            User().set_password(password)
        matching = [user for user in candidates if user.check_password(password)]
        if len(matching) != 1:
            return None
        [user] = matching
        if user.account.sso_enforced_at is not None:
            audit.record(audit.person(user, _address(request)), "user.break-glass-login", user)
        return user

    def get_user(self, user_id: UUID | str) -> User | None:
        active = User.objects.active().select_related("account", "account_role")
        user: User | None = active.filter(pk=user_id).first()
        return user


class RecoveryCodeBackend(BaseBackend):
    """E-mail of an account admin and one of the account's recovery codes, which is used up."""

    def authenticate(  # type: ignore[override]
        self, request: HttpRequest | None, username: str, recovery_secret: str
    ) -> User | None:
        """Tries are counted with those of passwords. By this name Django and django-axes mask the code wherever they
        note what was tried."""
        return recovery_codes.use(username, recovery_secret, ip_address=_address(request))


def _address(request: HttpRequest | None) -> str | None:
    return client_address(request) if request is not None else None


def counted_name(_request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """Under which name tries are counted (django-axes): however an e-mail is spelled, and cut to what has room."""
    return fold(str((credentials or {}).get("username") or ""))[:255]


def _of_account(account: str, people: Iterable[User]) -> list[User]:
    """At most one. Accounts are not looked up, so an unknown one costs what a known one does."""
    key = fold(account)
    candidates = list(people)
    by_address = [user for user in candidates if user.account.slug == key]
    return by_address or [user for user in candidates if fold(user.account.name) == key]
