"""The role Account Member, which every account has: the role of most users, and of all whose access ended."""

from functools import lru_cache
from uuid import UUID

from accounts.models import AccountRole
from accounts.permissions import ACCOUNT_MEMBER


def member_role(account_id: UUID) -> AccountRole:
    """The role Account Member of the account, without a query."""
    return AccountRole(pk=member_role_id(account_id), account_id=account_id, name=ACCOUNT_MEMBER, builtin=True)


@lru_cache(maxsize=10_000)
def member_role_id(account_id: UUID) -> UUID:
    role = AccountRole.objects.in_account(account_id).get(name=ACCOUNT_MEMBER, builtin=True)
    return role.pk  # type: ignore[no-any-return]
