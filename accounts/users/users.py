"""Create users, activate them, change their contact details, account role and password."""

import secrets
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from accounts import sessions
from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.errors import ActionRefused
from accounts.models import Account, AccountRole, User
from accounts.models.user import UserOrigin, UserState
from accounts.passwords.policy import check_may_have_one
from accounts.permissions import ACCOUNT_MEMBER
from accounts.rights import check_may_act_on, check_may_grant
from accounts.tokens import revocation
from accounts.users.locking import locked, save, values
from accounts.users.protection import check_may_be_demoted
from common.time_zones import iana_of


def zone_of(user: User) -> str:
    """The IANA name of the user's time zone; UTC until one is known. Provisioning keeps zones as they were sent."""
    return iana_of(user.timezone) or "UTC"


def role_named(account: Account, name: str) -> AccountRole:
    """Return the account role of that name. Raises ActionRefused."""
    role = AccountRole.objects.in_account(account).filter(name=name).first()
    if role is None:
        known = ", ".join(AccountRole.objects.in_account(account).order_by("name").values_list("name", flat=True))
        raise ActionRefused("account-role-unknown", f"Expected one of the account roles {known}; received '{name}'.")
    return role


@transaction.atomic
def create_password_user(account: Account, email: str, password: str | None, *, acting: Actor, **profile: Any) -> User:
    """Create a user who signs in with a password. None: no password yet, they follow a set-password link.

    Raises ActionRefused, also where SSO is enforced and the user is no account admin (R10).
    """
    user = _new_user(account, email, UserState.ACTIVE, UserOrigin.PASSWORD, profile)
    check_may_have_one(account, user.account_role, email)
    user.set_password(password)
    return _create(user, acting)


@transaction.atomic
def provision_pending(account: Account, email: str, *, acting: Actor, **profile: Any) -> User:
    """Create a user before their first login: without a password, they can only sign in by SSO."""
    user = _new_user(account, email, UserState.PENDING, UserOrigin.SCIM, profile)
    user.set_unusable_password()
    return _create(user, acting)


@transaction.atomic
def create_from_login(account: Account, email: str, *, acting: Actor) -> User:
    """Create a user at their first company login. Raises IntegrityError for an e-mail just taken."""
    user = _new_user(account, email, UserState.ACTIVE, UserOrigin.SSO, {})
    user.set_unusable_password()
    user.save()
    audit.record(acting, "user.created", user, {"state": [None, user.state]})
    return user


@transaction.atomic
def activate_pending(user: User, *, acting: Actor) -> None:
    """Make a pending user active, at their first company login."""
    user.state = UserState.ACTIVE
    user.save(update_fields=["state"])
    audit.record(acting, "user.activated", user, {"state": [UserState.PENDING, UserState.ACTIVE]})


@transaction.atomic
def update_profile(user: User, values: Mapping[str, str], *, acting: Actor) -> dict[str, list[str]]:
    """Set contact details; return what changed, field -> [before, after]. The caller has checked that they are free."""
    changes = {name: [getattr(user, name), value] for name, value in values.items() if getattr(user, name) != value}
    if not changes:
        return {}
    for name, (_, value) in changes.items():
        setattr(user, name, value)
    user.save(update_fields=[*changes, *(["email_key"] if "email" in changes else [])])
    audit.record(acting, "user.updated", user, changes)
    return changes


def set_account_role(user: User, role: AccountRole, *, acting: Actor) -> bool:
    """Give the user another account role; return False when they have it already. Raises ActionRefused."""
    with locked(user.pk, user.account) as current:
        before = values(current)
        if current.account_role == role:
            return False
        if current.state == UserState.DEPROVISIONED:
            raise ActionRefused(
                "user-deprovisioned", f"Expected a user with access; {current} is deprovisioned. Restore them first."
            )
        check_may_act_on([current], acting)
        check_may_grant(role, acting)
        check_may_be_demoted(current, role, acting)
        changes = {"account_role": [current.account_role.name, role.name]}
        current.account_role = role
        save(current, before, audit.entry(acting, "user.account-role-changed", current, changes))
    user.account_role, user.version = role, current.version
    return True


@transaction.atomic
def set_password(user: User, raw_password: str, *, end_tokens: bool = False, acting: Actor) -> None:
    """Set a new password; it ends every session of the user and their programs, with `end_tokens` every API token too.

    Raises ActionRefused for users who sign in by SSO only, and for users with more permissions than the actor.
    """
    check_may_act_on([user], acting)
    if user.state != UserState.ACTIVE or user.origin != UserOrigin.PASSWORD:
        raise ActionRefused(
            "user-without-password",
            f"{user.email} signs in through the company's identity provider and has no password here.",
        )
    check_may_have_one(user.account, user.account_role, user.email)
    user.set_password(raw_password)
    user.save(update_fields=["password"])
    # The row is locked from here on, so nobody makes a token with the old password or a token that ends here.
    changes = {"api_tokens": [revocation.revoke_all_of(user, acting=acting), 0]} if end_tokens else {}
    audit.record(acting, "user.password-set", user, changes)
    sessions.end_all(user, acting=acting)  # Django refuses them already; so they are not shown as open


def unusable_password() -> str:
    """As `make_password(None)`, which draws its 40 characters one by one."""
    return UNUSABLE_PASSWORD_PREFIX + secrets.token_urlsafe(30)


def check_email(email: str) -> None:
    """Raises ActionRefused."""
    try:
        validate_email(email)
    except ValidationError:
        raise ActionRefused("email-invalid", f"Expected an e-mail address; received '{email}'.") from None


def _new_user(account: Account, email: str, state: str, origin: str, profile: Mapping[str, Any]) -> User:
    check_email(email)
    role = profile.get("account_role") or role_named(account, ACCOUNT_MEMBER)
    # Provisioning finds users by user name, so nobody else can be created under it.
    known = {"user_name": email, **profile, "account_role": role}
    return User(account=account, email=email, state=state, origin=origin, **known)


def _create(user: User, acting: Actor) -> User:
    check_may_grant(user.account_role, acting)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise ActionRefused("email-taken", f"{user.email} exists already in this account.") from None
    audit.record(acting, "user.created", user, {"state": [None, user.state]})
    return user
