"""Pages about spaces and their members."""

from django.urls import path

from console.spaces.members import groups_of_space, member, place, remove_member, space
from console.spaces.spaces import edit_space, new_space, remove_space, spaces

urlpatterns = [
    path("spaces", spaces, name="spaces"),
    path("spaces/new", new_space, name="space-new"),
    path("spaces/<uuid:space_id>", space, name="space"),
    path("spaces/<uuid:space_id>/groups", groups_of_space, name="space-groups"),
    path("spaces/<uuid:space_id>/place", place, name="space-place"),
    path("spaces/<uuid:space_id>/edit", edit_space, name="space-edit"),
    path("spaces/<uuid:space_id>/delete", remove_space, name="space-delete"),
    path("spaces/<uuid:space_id>/people/<uuid:user_id>", member, name="space-member"),
    path("spaces/<uuid:space_id>/people/<uuid:user_id>/take-out", remove_member, name="space-take-out"),
]
