"""Password policy: users may use their password until the account enforces SSO; then account admins only (R10).

Their passwords are the emergency access to an account whose identity provider fails; each use is audited.
"""

from django.db.models import Q, QuerySet

from accounts.errors import ActionRefused
from accounts.models import Account, AccountRole, User
from accounts.models.user import OWN_ROLE_IS_ADMIN, UserOrigin
from accounts.rights import is_admin_by_own_role, is_admin_role

MAY_USE = Q(account__sso_enforced_at=None) | OWN_ROLE_IS_ADMIN


def may_use(user: User) -> bool:
    """`MAY_USE`, of a user whose account and account role are at hand."""
    return user.account.sso_enforced_at is None or is_admin_by_own_role(user)


def of_account(account: Account) -> "QuerySet[User]":
    """Active people who sign in with a password."""
    people: QuerySet[User] = User.objects.in_account(account).active().filter(origin=UserOrigin.PASSWORD)
    return people


def shut_out(account: Account) -> "QuerySet[User]":
    """Those of them who may not use their password once SSO is enforced."""
    return of_account(account).exclude(OWN_ROLE_IS_ADMIN)


def check_may_have_one(account: Account, role: AccountRole, email: str) -> None:
    """Raises ActionRefused. Reads the database, as `account` may have been read before it changed."""
    is_enforced = Account.objects.filter(pk=account.pk, sso_enforced_at__isnull=False).exists()
    if is_enforced and not is_admin_role(role):
        raise ActionRefused(
            "password-needs-admin",
            f"Expected an account admin, because this account enforces SSO; {email} is {role.name}. Only account admins"
            " keep a password; everybody else signs in through the identity provider.",
        )
