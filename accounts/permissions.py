"""PURE. What an account role may allow. The names are what pages, tokens and commands show."""

from enum import StrEnum


class Permission(StrEnum):
    MANAGE_USERS = "Manage Users"
    MANAGE_ROLES = "Manage Roles"
    MANAGE_SPACES = "Manage Spaces"
    MANAGE_SSO = "Manage Single Sign-On"
    VIEW_AUDIT_LOG = "View Audit Log"


HINTS = {Permission.MANAGE_USERS: 'Called "Manage Users & Groups" in newer releases.'}

ACCOUNT_ADMIN = "Account Admin"
ACCOUNT_MEMBER = "Account Member"

BUILTIN_ACCOUNT_ROLES: dict[str, tuple[Permission, ...]] = {
    ACCOUNT_ADMIN: tuple(Permission),
    ACCOUNT_MEMBER: (),
}
