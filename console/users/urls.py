from django.urls import path

from console.users.access import (
    add_to_group,
    change_account_role,
    change_identifiers,
    deprovision_user,
    place_user,
    remove_from_group,
    restore_user,
    take_out_of_space,
)
from console.users.new import new_user
from console.users.selected import deprovision_selected, join_selected, place_selected, remove_identities_of_selected
from console.users.sign_in import (
    end_session_of_user,
    end_sessions_of_user,
    make_password_link,
    remove_identity,
    revoke_token_of_user,
)
from console.users.user import user
from console.users.users import export_users, users

urlpatterns = [
    path("users", users, name="users"),
    path("users/export.csv", export_users, name="export-users"),
    path("users/new", new_user, name="new-user"),
    path("users/selected/place", place_selected, name="place-selected"),
    path("users/selected/join", join_selected, name="join-selected"),
    path("users/selected/deprovision", deprovision_selected, name="deprovision-selected"),
    path("users/selected/remove-identities", remove_identities_of_selected, name="remove-identities-of-selected"),
    path("users/<uuid:user_id>", user, name="user"),
    path("users/<uuid:user_id>/account-role", change_account_role, name="change-account-role"),
    path("users/<uuid:user_id>/identifiers", change_identifiers, name="change-identifiers"),
    path("users/<uuid:user_id>/spaces", place_user, name="place-user"),
    path("users/<uuid:user_id>/spaces/<uuid:space_id>/take-out", take_out_of_space, name="take-out-of-space"),
    path("users/<uuid:user_id>/groups", add_to_group, name="add-to-group"),
    path("users/<uuid:user_id>/groups/<uuid:group_id>/remove", remove_from_group, name="remove-from-group"),
    path("users/<uuid:user_id>/deprovision", deprovision_user, name="deprovision-user"),
    path("users/<uuid:user_id>/restore", restore_user, name="restore-user"),
    path("users/<uuid:user_id>/sessions/end", end_sessions_of_user, name="end-sessions-of-user"),
    path("users/<uuid:user_id>/sessions/<uuid:session_id>/end", end_session_of_user, name="end-session-of-user"),
    path("users/<uuid:user_id>/identities/<uuid:identity_id>/remove", remove_identity, name="remove-identity"),
    path("users/<uuid:user_id>/tokens/<uuid:token_id>/revoke", revoke_token_of_user, name="revoke-token-of-user"),
    path("users/<uuid:user_id>/password-link", make_password_link, name="make-password-link"),
]
