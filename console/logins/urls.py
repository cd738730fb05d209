from django.urls import path

from console.logins import views

urlpatterns = [
    path("logins", views.logins, name="logins"),
    path("logins/what-if", views.what_if, name="what-if"),
    path("logins/<slug:reference>", views.login_record, name="login-record"),
    path("sso/<uuid:connection_id>/test", views.begin_test, name="test-login"),
]
