"""One-time links with which a person sets their own password (R11): nothing is stored, one use, one hour."""

from uuid import UUID

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.urls import reverse

from accounts.errors import ActionRefused
from accounts.models import User
from accounts.models.user import UserOrigin, UserState
from accounts.services import audit, users
from accounts.services.audit import Actor
from accounts.services.password_doors import MAY_USE, check_may_have_one
from accounts.services.rights import account_permissions, check_may_act_on


class _Tokens(PasswordResetTokenGenerator):
    """Signs what must not have changed since: Django's part (password, last login, e-mail) and ours."""

    key_salt = "accounts.services.password_links"

    def _make_hash_value(self, user: User, timestamp: int) -> str:  # type: ignore[override]
        # It was handed out for what the person could do then: it ends when that changes.
        permissions = ",".join(sorted(account_permissions(user)))
        return f"{super()._make_hash_value(user, timestamp)}:{user.state}:{user.session_epoch}:{permissions}"


_tokens = _Tokens()


def set_password_url(user: User) -> str:
    """The address to give to the person; it works once, for `PASSWORD_RESET_TIMEOUT` seconds."""
    return settings.BASE_URL + reverse("set-password", args=[user.id, _tokens.make_token(user)])


@transaction.atomic
def make_link(user: User, *, acting: Actor) -> str:
    """As `set_password_url`, for an admin to hand on.

    Raises ActionRefused for people who may have no password here, and for people who have more permissions than the
    actor, who could log in as them.
    """
    if user.state != UserState.ACTIVE or user.origin != UserOrigin.PASSWORD:
        raise ActionRefused(
            f"Expected an active person who logs in with a password; {user} is {user.get_state_display()} and came by"
            f" {user.get_origin_display()}."
        )
    check_may_have_one(user.account, user.account_role, user.email)
    check_may_act_on([user], acting)
    audit.record(acting, "user.password-link-made", user)
    return set_password_url(user)


def person_of_link(user_id: UUID, unverified_token: str) -> User | None:
    """Whose password the link sets; None when it is dead, used, or the person has no password here."""
    people = User.objects.select_related("account", "account_role").filter(MAY_USE, state=UserState.ACTIVE)
    user = people.filter(pk=user_id, origin=UserOrigin.PASSWORD).first()
    return user if user is not None and _tokens.check_token(user, unverified_token) else None


@transaction.atomic
def set_password_by_link(user_id: UUID, unverified_token: str, raw_password: str) -> bool:
    """Sets the password; False when the link has died meanwhile. The lock makes two uses at once one use."""
    User.objects.select_for_update().filter(pk=user_id).first()
    user = person_of_link(user_id, unverified_token)
    if user is None:
        return False
    users.set_password(user, raw_password, acting=audit.person(user))
    return True
