from django.urls import path

from console.groups import general, groups, roles
from console.groups import users as group_users

urlpatterns = [
    path("groups", groups.groups, name="groups"),
    path("groups/new", general.new, name="new-group"),
    path("groups/<uuid:group_id>", general.general, name="group"),
    path("groups/<uuid:group_id>/delete", groups.delete, name="delete-group"),
    path("groups/<uuid:group_id>/roles", roles.roles, name="group-roles"),
    path("groups/<uuid:group_id>/roles/account-role", roles.set_account_role, name="set-group-account-role"),
    path("groups/<uuid:group_id>/roles/add", roles.add_space_role, name="add-group-space-role"),
    path(
        "groups/<uuid:group_id>/roles/<uuid:grant_id>/remove",
        roles.remove_space_role,
        name="remove-group-space-role",
    ),
    path("groups/<uuid:group_id>/users", group_users.users, name="group-users"),
    path("groups/<uuid:group_id>/users/<uuid:user_id>/remove", group_users.remove, name="remove-group-user"),
]
