"""PURE. What a space role may allow, from the least to the most."""

from enum import StrEnum

from spaces.role_mapping import MEMBER_ROLE


class SpacePermission(StrEnum):
    VIEW = "View Space"
    LAUNCH = "Launch Environments"
    DEVELOP = "Develop Blueprints"
    MANAGE_SPACE = "Manage Space"


BUILTIN_SPACE_ROLES: dict[str, tuple[SpacePermission, ...]] = {
    MEMBER_ROLE: (SpacePermission.VIEW, SpacePermission.LAUNCH),
    "Space Developer": (SpacePermission.VIEW, SpacePermission.LAUNCH, SpacePermission.DEVELOP),
    "Space Admin": tuple(SpacePermission),
}
