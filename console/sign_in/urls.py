from django.urls import path

from accounts.sso.logout.views import log_out
from console.sign_in.passwords import change_password, set_password
from console.sign_in.recovery import recover, recover_by_link, recovery_link
from console.sign_in.sign_in import log_in, log_in_with_sso

urlpatterns = [
    path("login", log_in, name="login"),
    path("login/sso", log_in_with_sso, name="login-sso"),
    path("login/recovery", recover, name="recovery"),
    path("login/recovery/once", recover_by_link, name="recover-by-link"),
    path("login/recovery/<uuid:user_id>/<str:unverified_token>", recovery_link, name="recovery-link"),
    path("logout", log_out, name="logout"),
    path("profile/password", change_password, name="change-password"),
    path("set-password/<uuid:user_id>/<str:unverified_token>", set_password, name="set-password"),
]
