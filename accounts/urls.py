"""Pages of a person's own: signing in and out, and the start page."""

from django.urls import path

from accounts.views.home import home
from accounts.views.passwords import set_password
from accounts.views.sign_in import log_in, log_in_with_sso, log_out

urlpatterns = [
    path("", home, name="home"),
    path("login", log_in, name="login"),
    path("login/sso", log_in_with_sso, name="login-sso"),
    path("logout", log_out, name="logout"),
    path("set-password/<uuid:user_id>/<str:unverified_token>", set_password, name="set-password"),
]
