"""What a person may do, and why: the union of their own rights and all their groups' (`product.md` section 2)."""

from dataclasses import dataclass
from uuid import UUID

from accounts.models import Connection, GroupMembership, Origin, User
from spaces.models import GroupSpaceRole, SpaceMembership


@dataclass(frozen=True)
class SpaceRights:
    space: str
    roles: tuple[str, ...]
    why: tuple[str, ...]  # a sentence for each way in which the roles came


@dataclass(frozen=True)
class GroupRight:
    group: str
    idp_identifier: str
    origin: str
    why: str


@dataclass(frozen=True)
class Rights:
    account_role: str
    permissions: tuple[str, ...]
    spaces: tuple[SpaceRights, ...]
    groups: tuple[GroupRight, ...]


def rights_of(user: User) -> Rights:
    """Everything the person has, in three queries whatever the number of groups and spaces."""
    memberships = list(
        GroupMembership.objects.in_account(user.account_id)
        .filter(user=user)
        .select_related("group__account_role", "connection")
        .order_by("group__name")
    )
    permissions = set(user.account_role.permissions)
    for membership in memberships:
        if membership.group.account_role:
            permissions.update(membership.group.account_role.permissions)
    return Rights(
        account_role=user.account_role.name,
        permissions=tuple(sorted(permissions)),
        spaces=_spaces(user, [membership.group_id for membership in memberships]),
        groups=tuple(_group(membership) for membership in memberships),
    )


def _spaces(user: User, group_ids: list[UUID]) -> tuple[SpaceRights, ...]:
    gained: dict[str, list[tuple[str, str]]] = {}
    own = SpaceMembership.objects.in_account(user.account_id).filter(user=user)
    for membership in own.select_related("space", "role", "connection"):
        why = f"{membership.role.name}: {_source(membership.origin, membership.connection)}"
        gained.setdefault(membership.space.name, []).append((membership.role.name, why))
    through = GroupSpaceRole.objects.in_account(user.account_id).filter(group_id__in=group_ids)
    for grant in through.select_related("group", "space", "role").order_by("group__name"):
        why = f"{grant.role.name}: through group {grant.group.name}"
        gained.setdefault(grant.space.name, []).append((grant.role.name, why))
    return tuple(
        SpaceRights(space, tuple(dict.fromkeys(role for role, _ in ways)), tuple(why for _, why in ways))
        for space, ways in sorted(gained.items())
    )


def _group(membership: GroupMembership) -> GroupRight:
    group = membership.group
    return GroupRight(
        group.name, group.idp_identifier, membership.origin, _source(membership.origin, membership.connection)
    )


def _source(origin: str, connection: Connection | None) -> str:
    name = f" {connection.name}" if connection else ""
    return {
        Origin.MANUAL: "added by hand",
        Origin.IDP: f"from the identity provider{name}",
        Origin.DEFAULT: f"default of the connection{name}",
    }[Origin(origin)]
