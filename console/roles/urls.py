"""Pages about account roles and space roles."""

from collections.abc import Iterator

from django.urls import URLPattern, path

from console.roles.changes import edit_role, new_role, remove_role
from console.roles.kinds import KINDS, RoleKind
from console.roles.roles import compare, role, roles


def _roles_of(kind: RoleKind) -> Iterator[URLPattern]:
    """`account-role`, `space-role-edit` and so on: the same pages for either kind."""
    of_kind, start = {"kind": kind}, f"roles/{kind.slug}"
    yield path(f"{start}/new", new_role, of_kind, name=kind.route("new"))
    yield path(f"{start}/compare", compare, of_kind, name=kind.route("compare"))
    yield path(f"{start}/<uuid:role_id>", role, of_kind, name=kind.route(""))
    yield path(f"{start}/<uuid:role_id>/edit", edit_role, of_kind, name=kind.route("edit"))
    yield path(f"{start}/<uuid:role_id>/delete", remove_role, of_kind, name=kind.route("delete"))


urlpatterns = [
    path("roles", roles, name="roles"),
    *(one for kind in KINDS for one in _roles_of(kind)),
]
