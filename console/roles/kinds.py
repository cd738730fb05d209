"""The two kinds of role, for one set of pages: name, permissions and service functions of each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import AccountRole, Role
from accounts.permissions import HINTS, Permission
from accounts.roles import roles
from accounts.roles.custom_roles import Use
from console.shared.guards import account_of, permissions_of
from spaces import space_roles
from spaces.models import SpaceRole
from spaces.permissions import SpacePermission
from spaces.role_mapping import MEMBER_ROLE


@dataclass(frozen=True)
class RoleKind:
    """`slug`: part of paths and route names; `grantable`: permissions that the user may put into such a role.

    `attribute`: the login attribute with the role's name; `without`: effect of a login that sends an unknown role.
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
    create: Callable[..., Role]  # (account, draft, *, acting, template)
    update: Callable[..., bool]  # (role, draft, *, acting)
    delete: Callable[..., None]  # (role, *, acting)
    uses: Callable[[Any], list[Use]]

    def route(self, page: str) -> str:
        """Route name: "account-role-edit" for `page` "edit"."""
        return f"{self.slug}-role-{page}" if page else f"{self.slug}-role"

    def roles(self, request: HttpRequest) -> "QuerySet[Any]":
        """Return the roles of the account, built-in ones first."""
        rows: QuerySet[Any] = self.model._default_manager.in_account(account_of(request))
        return rows.order_by("-builtin", "name")


KINDS = (
    RoleKind(
        slug="account",
        attribute="account_role",
        without="do not change the account role",
        name="account role",
        explanation="Permissions in the whole account. Each user has one account role, and those of their groups.",
        model=AccountRole,
        catalogue=Permission,
        hints=HINTS,
        grantable=permissions_of,
        create=roles.create_account_role,
        update=roles.update_account_role,
        delete=roles.delete_account_role,
        uses=roles.account_role_uses,
    ),
    RoleKind(
        slug="space",
        attribute="space_role",
        without=f"assign {MEMBER_ROLE} instead",
        name="space role",
        explanation="Permissions in one space. Each user has one direct role in a space at most, and those of groups.",
        model=SpaceRole,
        catalogue=SpacePermission,
        hints={},
        grantable=lambda _request: frozenset(SpacePermission),
        create=space_roles.add_space_role,
        update=space_roles.update_space_role,
        delete=space_roles.delete_space_role,
        uses=space_roles.space_role_uses,
    ),
)
