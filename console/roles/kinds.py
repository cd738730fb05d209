"""The two kinds of role, so that one set of pages does for both: what each is called, may allow, and its verbs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import AccountRole, Role
from accounts.permissions import HINTS, Permission
from accounts.roles import roles
from accounts.roles.custom_roles import RoleDraft, Use
from console.shared.guards import account_of, acting, permissions_of
from spaces import space_roles
from spaces.models import SpaceRole
from spaces.permissions import SpacePermission
from spaces.role_mapping import MEMBER_ROLE


@dataclass(frozen=True)
class RoleKind:
    """`slug`: its word in addresses and in their names; `grantable`: what whoever asks may put into such a role.

    `attribute`: in which logins name such a role; `without`: what a login gives that names a role which does not exist.
    """

    slug: str
    attribute: str
    without: str
    name: str
    explanation: str
    model: type[Any]
    catalogue: type[StrEnum]
    hints: Mapping[Any, str]
    grantable: Callable[[HttpRequest], frozenset[str]]
    create: Callable[[HttpRequest, RoleDraft, str], Role]
    update: Callable[[HttpRequest, Any, RoleDraft], bool]
    delete: Callable[[HttpRequest, Any], None]
    uses: Callable[[Any], list[Use]]

    def route(self, page: str) -> str:
        """Name of an address: "account-role-edit" for `page` "edit"."""
        return f"{self.slug}-role-{page}" if page else f"{self.slug}-role"

    def roles(self, request: HttpRequest) -> "QuerySet[Any]":
        """Those of the account, built-in ones first."""
        rows: QuerySet[Any] = self.model._default_manager.in_account(account_of(request))
        return rows.order_by("-builtin", "name")


def _create_account_role(request: HttpRequest, draft: RoleDraft, template: str) -> Role:
    return roles.create_account_role(account_of(request), draft, acting=acting(request), template=template)


def _update_account_role(request: HttpRequest, role: AccountRole, draft: RoleDraft) -> bool:
    return roles.update_account_role(role, draft, acting=acting(request))


def _create_space_role(request: HttpRequest, draft: RoleDraft, template: str) -> Role:
    return space_roles.add_space_role(account_of(request), draft, acting=acting(request), template=template)


def _update_space_role(request: HttpRequest, role: SpaceRole, draft: RoleDraft) -> bool:
    return space_roles.update_space_role(role, draft, acting=acting(request))


KINDS = {
    "account": RoleKind(
        slug="account",
        attribute="account_role",
        without="leave people with the account role that they have",
        name="account role",
        explanation="What people may do in the account as a whole. Each person has one, and those of their groups.",
        model=AccountRole,
        catalogue=Permission,
        hints=HINTS,
        grantable=permissions_of,
        create=_create_account_role,
        update=_update_account_role,
        delete=lambda request, role: roles.delete_account_role(role, acting=acting(request)),
        uses=roles.account_role_uses,
    ),
    "space": RoleKind(
        slug="space",
        attribute="space_role",
        without=f"give {MEMBER_ROLE} instead",
        name="space role",
        explanation="What people may do in one space. Each person has one for each space, and those of their groups.",
        model=SpaceRole,
        catalogue=SpacePermission,
        hints={},
        grantable=lambda _request: frozenset(SpacePermission),
        create=_create_space_role,
        update=_update_space_role,
        delete=lambda request, role: space_roles.delete_space_role(role, acting=acting(request)),
        uses=space_roles.space_role_uses,
    ),
}
