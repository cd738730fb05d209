"""Pages: a person's own, and the admin's."""

from django.urls import include, path

from accounts.sso.logout_views import log_out
from accounts.views import group_general, group_roles, group_users, groups
from accounts.views.audit import export
from accounts.views.audit_log import audit_log
from accounts.views.home import dismiss, home
from accounts.views.new_user import new_user
from accounts.views.passwords import change_password, set_password
from accounts.views.profile import end_other_sessions, end_session, profile
from accounts.views.recovery import recover, recover_by_link, recovery_link
from accounts.views.selected_users import (
    deprovision_selected,
    join_selected,
    place_selected,
    remove_identities_of_selected,
)
from accounts.views.sign_in import log_in, log_in_with_sso
from accounts.views.tokens import all_tokens, new_own_token, new_token, revoke_any, revoke_own
from accounts.views.user import user
from accounts.views.user_access import (
    add_to_group,
    change_account_role,
    change_identifiers,
    deprovision_user,
    place_user,
    remove_from_group,
    restore_user,
    take_out_of_space,
)
from accounts.views.user_sign_in import (
    end_session_of_user,
    end_sessions_of_user,
    make_password_link,
    remove_identity,
    revoke_token_of_user,
)
from accounts.views.users import export_users, users

urlpatterns = [
    path("", home, name="home"),
    path("requests/<uuid:alert_id>/dismiss", dismiss, name="dismiss-request"),
    path("login", log_in, name="login"),
    path("login/sso", log_in_with_sso, name="login-sso"),
    path("login/recovery", recover, name="recovery"),
    path("login/recovery/once", recover_by_link, name="recover-by-link"),
    path("login/recovery/<uuid:user_id>/<str:unverified_token>", recovery_link, name="recovery-link"),
    path("logout", log_out, name="logout"),
    path("profile", profile, name="profile"),
    path("profile/sessions/<uuid:session_id>/end", end_session, name="end-session"),
    path("profile/sessions/end-others", end_other_sessions, name="end-other-sessions"),
    path("profile/password", change_password, name="change-password"),
    path("profile/tokens/new", new_own_token, name="new-own-token"),
    path("profile/tokens/<uuid:token_id>/revoke", revoke_own, name="revoke-own-token"),
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
    path("groups", groups.groups, name="groups"),
    path("groups/new", group_general.new, name="new-group"),
    path("groups/<uuid:group_id>", group_general.general, name="group"),
    path("groups/<uuid:group_id>/delete", groups.delete, name="delete-group"),
    path("groups/<uuid:group_id>/roles", group_roles.roles, name="group-roles"),
    path("groups/<uuid:group_id>/roles/account-role", group_roles.set_account_role, name="set-group-account-role"),
    path("groups/<uuid:group_id>/roles/add", group_roles.add_space_role, name="add-group-space-role"),
    path(
        "groups/<uuid:group_id>/roles/<uuid:grant_id>/remove",
        group_roles.remove_space_role,
        name="remove-group-space-role",
    ),
    path("groups/<uuid:group_id>/users", group_users.users, name="group-users"),
    path("groups/<uuid:group_id>/users/<uuid:user_id>/remove", group_users.remove, name="remove-group-user"),
    path("", include("accounts.sso.pages.urls")),
    path("tokens", all_tokens, name="tokens"),
    path("tokens/new", new_token, name="new-token"),
    path("tokens/<uuid:token_id>/revoke", revoke_any, name="revoke-token"),
    path("audit", audit_log, name="audit"),
    path("audit/export.csv", export, {"form": "csv"}, name="export-audit-csv"),
    path("audit/export.jsonl", export, {"form": "jsonl"}, name="export-audit-jsonl"),
    path("set-password/<uuid:user_id>/<str:unverified_token>", set_password, name="set-password"),
]
