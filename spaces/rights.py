"""What a person may do, and why: the union of their own rights and all their groups' (`requirements.md` section 1)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import Connection, GroupMembership, Origin, User
from accounts.rights import permissions_of_roles
from spaces.models import GroupSpaceRole, Space, SpaceMembership


@dataclass(frozen=True)
class Way:
    """One way in which a role in a space came. `since`: when it was given; None for what a group gives."""

    role: str
    why: str
    since: datetime | None = None

    @property
    def is_own(self) -> bool:
        return self.since is not None


@dataclass(frozen=True)
class SpaceRights:
    space: str
    space_id: UUID
    ways: tuple[Way, ...]

    @property
    def roles(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(way.role for way in self.ways))

    @property
    def why(self) -> tuple[str, ...]:
        """A sentence for each way in which the roles came."""
        return tuple(f"{way.role}: {way.why}" for way in self.ways)


@dataclass(frozen=True)
class GroupRight:
    group: str
    group_id: UUID
    idp_identifier: str
    origin: str
    why: str
    since: datetime


@dataclass(frozen=True)
class Extent:
    """In how many spaces somebody is, themselves or through a group, and in how many groups."""

    spaces: int
    groups: int


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
    permissions = permissions_of_roles(user, (membership.group.account_role for membership in memberships))
    return Rights(
        account_role=user.account_role.name,
        permissions=tuple(sorted(permissions)),
        spaces=_spaces(user, [membership.group_id for membership in memberships]),
        groups=tuple(_group(membership) for membership in memberships),
    )


def extents_of(account_id: UUID, user_ids: Iterable[UUID]) -> dict[UUID, Extent]:
    """Of each of these people, some dozens, in two queries."""
    ids = list(user_ids)
    own = SpaceMembership.objects.in_account(account_id).filter(user__in=ids).values_list("user", "space")
    member = GroupMembership.objects.in_account(account_id).filter(user__in=ids)
    through = member.filter(group__space_roles__isnull=False).values_list("user", "group__space_roles__space")
    spaces = Counter(user_id for user_id, _ in own.union(through))
    groups = Counter(member.values_list("user", flat=True))
    return {user_id: Extent(spaces[user_id], groups[user_id]) for user_id in ids}


def _spaces(user: User, group_ids: list[UUID]) -> tuple[SpaceRights, ...]:
    gained: dict[Space, list[Way]] = {}
    own = SpaceMembership.objects.in_account(user.account_id).filter(user=user)
    for membership in own.select_related("space", "role", "connection"):
        why = _source(membership.origin, membership.connection)
        gained.setdefault(membership.space, []).append(Way(membership.role.name, why, membership.created_at))
    through = GroupSpaceRole.objects.in_account(user.account_id).filter(group_id__in=group_ids)
    for grant in through.select_related("group", "space", "role").order_by("group__name"):
        gained.setdefault(grant.space, []).append(Way(grant.role.name, f"through group {grant.group.name}"))
    in_order = sorted(gained.items(), key=lambda entry: entry[0].name)
    return tuple(SpaceRights(space.name, space.pk, tuple(ways)) for space, ways in in_order)


def _group(membership: GroupMembership) -> GroupRight:
    group, why = membership.group, _source(membership.origin, membership.connection)
    return GroupRight(group.name, group.pk, group.idp_identifier, membership.origin, why, membership.created_at)


def _source(origin: str, connection: Connection | None) -> str:
    name = f" {connection.name}" if connection else ""
    return {
        Origin.MANUAL: "added by hand",
        Origin.IDP: f"from the identity provider{name}",
        Origin.DEFAULT: f"default of the connection{name}",
    }[Origin(origin)]
