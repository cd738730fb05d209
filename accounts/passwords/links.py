"""One-time links with which a person sets their own password (R11): nothing is stored, one use, one hour."""

from uuid import UUID

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.urls import reverse

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.errors import ActionRefused
from accounts.models import User
from accounts.models.user import UserOrigin, UserState
from accounts.passwords.policy import MAY_USE, check_may_have_one
from accounts.rights import account_permissions, check_may_act_on
from accounts.users import users


class _Tokens(PasswordResetTokenGenerator):
    """Signs what must not have changed since: Django's part (password, last login, e-mail) and ours."""

    key_salt = "accounts.services.password_links"  # as in links that are on their way

    def _make_hash_value(self, user: User, timestamp: int) -> str:  # type: ignore[override]
        # It was handed out for what the person could do then: it ends when that changes.
        permissions = ",".join(sorted(account_permissions(user)))
        return f"{super()._make_hash_value(user, timestamp)}:{user.state}:{user.session_epoch}:{permissions}"


class _EndingTokens(_Tokens):
    """The same, for a link whose password ends the person's API tokens: nobody can make one of the other kind of it."""

    key_salt = "accounts.services.password_links and the API tokens end"


_tokens, _ending_tokens = _Tokens(), _EndingTokens()


def set_password_url(user: User, *, end_tokens: bool = False) -> str:
    """The address to give to the person; it works once, for `PASSWORD_RESET_TIMEOUT` seconds.

    `end_tokens`: the password that is set with it ends their API tokens.
    """
    made = (_ending_tokens if end_tokens else _tokens).make_token(user)
    return settings.BASE_URL + reverse("set-password", args=[user.id, made])


def ends_tokens(user: User, unverified_token: str) -> bool:
    """Whether the link is one that ends the person's API tokens."""
    return _ending_tokens.check_token(user, unverified_token)


@transaction.atomic
def make_link(user: User, *, end_tokens: bool = False, acting: Actor) -> str:
    """As `set_password_url`, for an admin to hand on.

    Raises ActionRefused for people who may have no password here, and for people who have more permissions than the
    actor, who could log in as them.
    """
    if user.state != UserState.ACTIVE or user.origin != UserOrigin.PASSWORD:
        raise ActionRefused(
            "user-without-password",
            f"Expected an active user who signs in with a password; {user} is {user.get_state_display()}, source"
            f" {user.get_origin_display()}.",
        )
    check_may_have_one(user.account, user.account_role, user.email)
    check_may_act_on([user], acting)
    audit.record(acting, "user.password-link-made", user, {"ends_api_tokens": [None, True]} if end_tokens else {})
    return set_password_url(user, end_tokens=end_tokens)


def person_of_link(user_id: UUID, unverified_token: str) -> User | None:
    """Whose password the link sets; None when it is dead, used, or the person has no password here."""
    people = User.objects.active().select_related("account", "account_role").filter(MAY_USE)
    user: User | None = people.filter(pk=user_id, origin=UserOrigin.PASSWORD).first()
    is_one = user is not None and (_tokens.check_token(user, unverified_token) or ends_tokens(user, unverified_token))
    return user if is_one else None


@transaction.atomic
def set_password_by_link(user_id: UUID, unverified_token: str, raw_password: str, *, end_tokens: bool = False) -> bool:
    """Sets the password; False when the link has died meanwhile. The lock makes two uses at once one use.

    `end_tokens`: the person wants their API tokens to end, whatever the link says.
    """
    User.objects.select_for_update().filter(pk=user_id).first()
    user = person_of_link(user_id, unverified_token)
    if user is None:
        return False
    end_tokens = end_tokens or ends_tokens(user, unverified_token)
    users.set_password(user, raw_password, end_tokens=end_tokens, acting=audit.person(user))
    return True
