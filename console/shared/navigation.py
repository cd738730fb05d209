"""Sections of the navigation. Users see the sections and buttons that they have permissions for."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.permissions import Permission
from console.shared.guards import permissions_of, zone_for


@dataclass(frozen=True)
class Section:
    """`route`: route name of the section's first page; its path is the prefix of the others."""

    label: str
    route: str
    any_of: tuple[Permission, ...]


SECTIONS = (
    Section("Users", "users", (Permission.MANAGE_USERS,)),
    Section("Groups", "groups", (Permission.MANAGE_USERS,)),
    Section("Spaces", "spaces", (Permission.MANAGE_USERS, Permission.MANAGE_SPACES)),
    Section("Roles", "roles", (Permission.MANAGE_USERS, Permission.MANAGE_ROLES)),
    Section("Single sign-on", "connections", (Permission.MANAGE_SSO,)),
    Section("Provisioning", "provisioning", (Permission.MANAGE_USERS,)),
    Section("API tokens", "tokens", (Permission.MANAGE_USERS,)),
    Section("Logins", "logins", (Permission.MANAGE_SSO, Permission.MANAGE_USERS)),
    Section("Audit log", "audit", (Permission.VIEW_AUDIT_LOG,)),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context of all pages: `places` (sections), `zone` (the user's time zone), and `may`, a boolean per permission:
    `{% if may.manage_users %}`."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"places": (), "may": {}}
    held = permissions_of(request)
    places = [_place(section, request.path) for section in SECTIONS if not held.isdisjoint(section.any_of)]
    may = {permission.name.lower(): permission in held for permission in Permission}
    return {"places": places, "may": may, "zone": zone_for(request)}


def _place(section: Section, path: str) -> dict[str, Any]:
    address = reverse(section.route)
    is_current = path == address or path.startswith(f"{address}/")
    return {"label": section.label, "address": address, "is_current": is_current}
