"""`create_account NAME --admin-email E`: create an account with its first admin. Idempotent."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.audit.audit import OPERATOR
from accounts.models import Account, User
from accounts.passwords.links import set_password_url
from accounts.permissions import ACCOUNT_ADMIN
from accounts.users import users
from common.folding import fold
from console.management.base import VerbCommand, secret_from
from spaces.tenancy import open_account


class Command(VerbCommand):
    help = "Create an account with its first admin, who gets a one-time set-password link or the given password."
    positionals = ("name",)
    options = {
        "--admin-email": {"required": True},
        "--admin-password-env": {"metavar": "VAR", "help": "environment variable that holds the password"},
    }

    @transaction.atomic
    def run(self, *, name: str, admin_email: str, admin_password_env: str | None, **options: Any) -> dict[str, Any]:
        password = secret_from(admin_password_env)
        account, _ = open_account(name, acting=OPERATOR)
        admin = self._admin(account, admin_email, password)
        return {
            "account": account.name,
            "admin_email": admin.email,
            "login_url": settings.BASE_URL + reverse("login"),
            "set_password_url": "" if admin.has_usable_password() else set_password_url(admin),
        }

    def _admin(self, account: Account, email: str, password: str | None) -> User:
        existing: User | None = User.objects.in_account(account).filter(email_key=fold(email)).first()
        if existing is not None:
            return existing
        role = users.role_named(account, ACCOUNT_ADMIN)
        return users.create_password_user(account, email, password, acting=OPERATOR, account_role=role)
