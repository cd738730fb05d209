"""Custom space roles; built-in ones are fixed."""

from django.db import transaction

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.models import Account
from accounts.roles.custom_roles import RoleDraft, Use, check_custom, checked, delete_unused, fill, lock_roles, used
from accounts.roles.names import checked_name
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


@transaction.atomic
def add_space_role(account: Account, draft: RoleDraft, *, acting: Actor, template: str = "") -> SpaceRole:
    """A new custom role. Raises ActionRefused, also for a name that is taken."""
    lock_roles(account)
    draft = checked(draft, SpaceRole.objects.in_account(account), WHAT, SpacePermission)
    role = SpaceRole(account=account)
    changes = fill(role, draft, SpacePermission)
    role.save(force_insert=True)
    audit.record(acting, "space-role.created", role, {"template": [None, template], **changes})
    return role


@transaction.atomic
def update_space_role(role: SpaceRole, draft: RoleDraft, *, acting: Actor) -> bool:
    """Changes a custom role wherever it is given; False when nothing changes. Raises ActionRefused."""
    check_custom(role)
    lock_roles(role.account)
    kept = SpaceRole.objects.in_account(role.account_id)
    role = kept.select_for_update(no_key=True).get(pk=role.pk)
    changes = fill(role, checked(draft, kept.exclude(pk=role.pk), WHAT, SpacePermission), SpacePermission)
    if not changes:
        return False
    role.save(update_fields=list(changes))
    audit.record(acting, "space-role.updated", role, changes)
    return True


@transaction.atomic
def delete_space_role(role: SpaceRole, *, acting: Actor) -> None:
    """Deletes a custom role that is given nowhere. Raises ActionRefused, naming where it is."""
    check_custom(role)
    lock_roles(role.account)
    role = SpaceRole.objects.in_account(role.account_id).select_for_update().get(pk=role.pk)
    audit.record(acting, "space-role.deleted", role, {"permissions": [role.permissions, None]})
    delete_unused(role, space_role_uses(role))


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
