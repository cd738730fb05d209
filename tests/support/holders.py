"""People who hold some permissions and no others."""

from django.test import Client

from accounts.audit.audit import OPERATOR, Actor, person
from accounts.models import Account, AccountRole, User
from accounts.permissions import Permission
from accounts.users import users
from tests.support.cast import PASSWORD


def holder(account: Account, *permissions: Permission, name: str = "mallory") -> User:
    """Somebody active whose own account role has exactly these permissions."""
    role, _ = AccountRole.objects.get_or_create(account=account, name=name, permissions=sorted(permissions))
    email = f"{name}@acme.example"
    return users.create_password_user(account, email, PASSWORD, acting=OPERATOR, account_role=role)


def sso_manager(account: Account) -> Actor:
    """Mallory, with Manage Single Sign-On and nothing else."""
    return person(holder(account, Permission.MANAGE_SSO))


def browser_of(user: User) -> Client:
    browser = Client()
    browser.force_login(user, "accounts.authentication.AccountBackend")
    return browser
