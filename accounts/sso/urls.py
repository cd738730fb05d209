from django.urls import path

from accounts.sso import views

app_name = "sso"
urlpatterns = [
    path("login/sso/<uuid:connection_id>", views.start, name="start"),
    path("login/sso/finish/<uuid:transaction_id>", views.finish, name="finish"),
    path("api/accounts/idp-callback", views.oidc_callback, name="oidc-callback"),
    path("api/accounts/<slug:account_slug>/saml/<uuid:connection_id>/acs", views.saml_acs, name="saml-acs"),
    path(
        "api/accounts/<slug:account_slug>/saml/<uuid:connection_id>/metadata", views.saml_metadata, name="saml-metadata"
    ),
]
