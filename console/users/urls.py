from django.urls import path

from console.users import access, new, selected, sign_in, user, users

urlpatterns = [
    path("users", users.users, name="users"),
    path("users/export.csv", users.export_users, name="export-users"),
    path("users/new", new.new_user, name="new-user"),
    path("users/selected/place", selected.place_selected, name="place-selected"),
    path("users/selected/join", selected.join_selected, name="join-selected"),
    path("users/selected/deprovision", selected.deprovision_selected, name="deprovision-selected"),
    path(
        "users/selected/remove-identities", selected.remove_identities_of_selected, name="remove-identities-of-selected"
    ),
    path("users/<uuid:user_id>", user.user, name="user"),
    path("users/<uuid:user_id>/account-role", access.change_account_role, name="change-account-role"),
    path("users/<uuid:user_id>/identifiers", access.change_identifiers, name="change-identifiers"),
    path("users/<uuid:user_id>/spaces", access.place_user, name="place-user"),
    path("users/<uuid:user_id>/spaces/<uuid:space_id>/take-out", access.take_out_of_space, name="take-out-of-space"),
    path("users/<uuid:user_id>/groups", access.add_to_group, name="add-to-group"),
    path("users/<uuid:user_id>/groups/<uuid:group_id>/remove", access.remove_from_group, name="remove-from-group"),
    path("users/<uuid:user_id>/deprovision", access.deprovision_user, name="deprovision-user"),
    path("users/<uuid:user_id>/restore", access.restore_user, name="restore-user"),
    path("users/<uuid:user_id>/sessions/end", sign_in.end_sessions_of_user, name="end-sessions-of-user"),
    path(
        "users/<uuid:user_id>/sessions/<uuid:session_id>/end", sign_in.end_session_of_user, name="end-session-of-user"
    ),
    path("users/<uuid:user_id>/identities/<uuid:identity_id>/remove", sign_in.remove_identity, name="remove-identity"),
    path(
        "users/<uuid:user_id>/tokens/<uuid:token_id>/revoke", sign_in.revoke_token_of_user, name="revoke-token-of-user"
    ),
    path("users/<uuid:user_id>/password-link", sign_in.make_password_link, name="make-password-link"),
]
