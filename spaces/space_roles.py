"""Custom space roles; built-in ones are fixed."""

from django.db import transaction

from accounts.audit.audit import Actor
from accounts.models import Account
from accounts.roles.custom_roles import CustomRoles, RoleDraft, Use, checked_name, lock_roles, used
from spaces.models import DefaultPlacement, GroupSpaceRole, SpaceMembership, SpaceRole
from spaces.permissions import SpacePermission
from spaces.role_mapping import MEMBER_ROLE
from spaces.spaces import space_role_named

WHAT = "space role"


@transaction.atomic
def ensure_space_role(
    account: Account, name: str, *, template: str = MEMBER_ROLE, acting: Actor
) -> tuple[SpaceRole, bool]:
    """The role of that name, made like the template role when there is none; and whether it was made.

    Raises ActionRefused.
    """
    lock_roles(account)
    permissions = frozenset(space_role_named(account, template).permissions)
    role = SpaceRole.objects.in_account(account).filter(name=checked_name(name, WHAT)).first()
    if role is not None:
        return role, False
    return add_space_role(account, RoleDraft(name, "", permissions), acting=acting, template=template), True


def space_role_uses(role: SpaceRole) -> list[Use]:
    """In which spaces people have the role, which groups give it, and which connections by default."""
    people = SpaceMembership.objects.in_account(role.account_id).filter(role=role)
    groups = GroupSpaceRole.objects.in_account(role.account_id).filter(role=role)
    defaults = DefaultPlacement.objects.in_account(role.account_id).filter(role=role)
    connections = defaults.order_by("connection__name").values_list("connection__name", flat=True)
    return [
        *used(
            "spaces where people have it",
            people.order_by("space__name").values_list("space__name", flat=True).distinct(),
        ),
        *used("groups", groups.order_by("group__name").values_list("group__name", flat=True).distinct()),
        *used("default of connections", connections),
    ]


_SPACE_ROLES = CustomRoles(SpaceRole, WHAT, SpacePermission, lambda _role, _wanted, _acting: None, space_role_uses)
add_space_role = _SPACE_ROLES.create
update_space_role = _SPACE_ROLES.update
delete_space_role = _SPACE_ROLES.delete
