"""Opening an account: the tenant with the roles that always exist in it."""

from django.db import transaction
from django.utils.text import slugify

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.errors import ActionRefused
from accounts.models import Account, AccountRole
from accounts.permissions import BUILTIN_ACCOUNT_ROLES
from spaces.models import SpaceRole
from spaces.permissions import BUILTIN_SPACE_ROLES


@transaction.atomic
def open_account(name: str, *, acting: Actor) -> tuple[Account, bool]:
    """The account of that name, with its built-in roles, made when there is none; and whether it was made.

    Raises ActionRefused.
    """
    existing = Account.objects.filter(name=name).first()
    if existing is not None:
        return existing, False
    slug = slugify(name).replace("_", "-").strip("-")
    if not slug:
        raise ActionRefused(
            "account-name-invalid", f"Expected an account name with letters or digits; received '{name}'."
        )
    if Account.objects.filter(slug=slug).exists():
        raise ActionRefused(
            "account-name-taken",
            f"Another account has the address '{slug}' already: choose another name than '{name}'.",
        )
    account = Account.objects.create(name=name, slug=slug)
    AccountRole.objects.bulk_create(
        AccountRole(account=account, name=role, permissions=list(permissions), builtin=True)
        for role, permissions in BUILTIN_ACCOUNT_ROLES.items()
    )
    SpaceRole.objects.bulk_create(
        SpaceRole(account=account, name=role, permissions=list(permissions), builtin=True)
        for role, permissions in BUILTIN_SPACE_ROLES.items()
    )
    audit.record(acting, "account.created", account)
    return account, True
