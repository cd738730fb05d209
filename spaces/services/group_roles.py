"""What a group gives its members in spaces."""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import Group
from accounts.services import audit
from accounts.services.audit import Actor
from spaces.models import GroupSpaceRole, Space, SpaceRole


@transaction.atomic
def give_space_roles(group: Group, pairs: Iterable[tuple[Space, SpaceRole]], *, acting: Actor) -> int:
    """Adds (space, role) pairs to a group; gives how many were new."""
    new = 0
    for space, role in pairs:
        _, created = GroupSpaceRole.objects.get_or_create(
            account_id=group.account_id, group=group, space=space, role=role
        )
        if created:
            new += 1
            audit.record(acting, "group.space-role-added", group, {space.name: [None, role.name]})
    return new
