"""What a group gives its members in spaces."""

from collections.abc import Collection, Iterable

from django.db import transaction

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.errors import ActionRefused
from accounts.groups.groups import locked
from accounts.models import Group
from spaces.models import GroupSpaceRole, Space, SpaceRole

Pair = tuple[Space, SpaceRole]


@transaction.atomic
def give_space_roles(group: Group, pairs: Iterable[Pair], *, acting: Actor) -> int:
    """Adds (space, role) pairs to a group; gives how many were new. Raises ActionRefused across accounts."""
    wanted = {(space.pk, role.pk): (space, role) for space, role in pairs}
    if any({space.account_id, role.account_id} != {group.account_id} for space, role in wanted.values()):
        raise ActionRefused("space-of-another-account", "Expected spaces and space roles of the group's own account.")
    there = {(grant.space_id, grant.role_id) for grant in _grants(group, acting)}
    new = [(space, role) for key, (space, role) in wanted.items() if key not in there]
    _change(group, new, (), acting)
    return len(new)


@transaction.atomic
def take_space_role(group: Group, space: Space, role: SpaceRole, *, acting: Actor) -> bool:
    """Takes a role in a space away from a group; False when it did not give it."""
    gone = [grant for grant in _grants(group, acting) if (grant.space_id, grant.role_id) == (space.pk, role.pk)]
    _change(group, (), gone, acting)
    return bool(gone)


def _grants(group: Group, acting: Actor) -> list[GroupSpaceRole]:
    """All that the group gives, while nobody else changes it. Raises ActionRefused as `locked`."""
    current = locked(group, acting)
    rows = GroupSpaceRole.objects.in_account(current.account_id).filter(group=current)
    return list(rows.select_related("space", "role").order_by("space__name", "role__name"))


def _change(group: Group, new: Collection[Pair], gone: Collection[GroupSpaceRole], acting: Actor) -> None:
    """One audit entry: "Trial: Space Developer" -> [given before, given now]."""
    if not new and not gone:
        return
    grants = [GroupSpaceRole(account_id=group.account_id, group=group, space=space, role=role) for space, role in new]
    GroupSpaceRole.objects.bulk_create(grants)
    GroupSpaceRole.objects.in_account(group.account_id).filter(pk__in=[grant.pk for grant in gone]).delete()
    before = [f"{grant.space.name}: {grant.role.name}" for grant in gone]
    after = [f"{space.name}: {role.name}" for space, role in new]
    audit.record(acting, "group.space-roles-changed", group, {"space_roles": [before, after]})
