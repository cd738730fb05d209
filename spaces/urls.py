"""Pages about spaces, and about the roles that people have in them and in the account."""

from collections.abc import Iterator

from django.urls import URLPattern, path

from spaces.views.members import groups_of_space, member, place, space, take_out
from spaces.views.role_changes import edit_role, new_role, remove_role
from spaces.views.role_kinds import KINDS, RoleKind
from spaces.views.roles import compare, role, roles
from spaces.views.spaces import edit_space, new_space, remove_space, spaces


def _roles_of(kind: RoleKind) -> Iterator[URLPattern]:
    """`account-role`, `space-role-edit` and so on: the same pages for either kind."""
    of_kind, start = {"kind": kind}, f"roles/{kind.slug}"
    yield path(f"{start}/new", new_role, of_kind, name=kind.route("new"))
    yield path(f"{start}/compare", compare, of_kind, name=kind.route("compare"))
    yield path(f"{start}/<uuid:role_id>", role, of_kind, name=kind.route(""))
    yield path(f"{start}/<uuid:role_id>/edit", edit_role, of_kind, name=kind.route("edit"))
    yield path(f"{start}/<uuid:role_id>/delete", remove_role, of_kind, name=kind.route("delete"))


urlpatterns = [
    path("spaces", spaces, name="spaces"),
    path("spaces/new", new_space, name="space-new"),
    path("spaces/<uuid:space_id>", space, name="space"),
    path("spaces/<uuid:space_id>/groups", groups_of_space, name="space-groups"),
    path("spaces/<uuid:space_id>/place", place, name="space-place"),
    path("spaces/<uuid:space_id>/edit", edit_space, name="space-edit"),
    path("spaces/<uuid:space_id>/delete", remove_space, name="space-delete"),
    path("spaces/<uuid:space_id>/people/<uuid:user_id>", member, name="space-member"),
    path("spaces/<uuid:space_id>/people/<uuid:user_id>/take-out", take_out, name="space-take-out"),
    path("roles", roles, name="roles"),
    *(one for kind in KINDS.values() for one in _roles_of(kind)),
]
