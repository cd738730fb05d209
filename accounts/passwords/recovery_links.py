"""One-time links that sign an account admin in, made by the installation's operator: nothing is stored, one hour."""

from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import update_last_login
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.urls import reverse

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.errors import ActionRefused
from accounts.models import Account, User
from accounts.models.user import UserOrigin
from accounts.permissions import ACCOUNT_ADMIN
from common.folding import fold


class _Tokens(PasswordResetTokenGenerator):
    """Signs what must not have changed since: Django's part (password, last login, e-mail) and ours."""

    key_salt = "accounts.services.recovery_links"  # as in links that are on their way

    def _make_hash_value(self, user: User, timestamp: int) -> str:  # type: ignore[override]
        # Django's part knows the last login to the second; two uses within one would both find it unchanged.
        own = f"{user.last_login}:{user.state}:{user.session_epoch}:{user.account_role_id}"
        return f"{super()._make_hash_value(user, timestamp)}:{own}"


_tokens = _Tokens()


def admin_to_recover(account: Account, email: str = "") -> User:
    """The active account admin with that e-mail; without one, who was here first, people with a password before others.

    Raises ActionRefused.
    """
    admins = User.objects.admins().in_account(account).select_related("account", "account_role").order_by("number")
    first = admins.filter(origin=UserOrigin.PASSWORD).first() or admins.first()
    found: User | None = admins.filter(email_key=fold(email)).first() if email else first
    if found is None and email:
        raise ActionRefused(
            "account-admin-unknown",
            f"Expected the e-mail of an active account admin of '{account}'; received '{email}'.",
        )
    if found is None:
        raise ActionRefused(
            "no-active-admin",
            f"Expected an active account admin in '{account}'; there is none. Make one first: create_user with"
            f" --account-role '{ACCOUNT_ADMIN}'.",
        )
    return found


@transaction.atomic
def make_url(admin: User, *, acting: Actor) -> str:
    """The address to give to the admin; it signs them in once, within `PASSWORD_RESET_TIMEOUT` seconds."""
    audit.record(acting, "user.recovery-link-made", admin)
    return settings.BASE_URL + reverse("recovery-link", args=[admin.pk, _tokens.make_token(admin)])


def admin_of_link(user_id: UUID, unverified_token: str) -> User | None:
    """Whom the link would sign in; None when it is dead or used."""
    user: User | None = User.objects.admins().select_related("account", "account_role").filter(pk=user_id).first()
    return user if user is not None and _tokens.check_token(user, unverified_token) else None


@transaction.atomic
def use(user_id: UUID, unverified_token: str, *, ip_address: str | None) -> User | None:
    """The admin to sign in, and the link is used up; None when it has died meanwhile.

    Noting the login kills the link, and the lock makes two uses at once one use.
    """
    User.objects.select_for_update().filter(pk=user_id).first()
    user = admin_of_link(user_id, unverified_token)
    if user is None:
        return None
    update_last_login(User, user)
    audit.record(audit.person(user, ip_address), "user.recovery-link-used", user)
    return user
