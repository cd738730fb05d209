from django.urls import path

from accounts.sso import views
from accounts.sso.logout.oidc_views import oidc_logout
from accounts.sso.logout.saml_views import logged_out, saml_logout_form, saml_slo

app_name = "sso"
urlpatterns = [
    path("login/sso/<uuid:connection_id>", views.start, name="start"),
    path("login/sso/finish/<uuid:transaction_id>", views.finish, name="finish"),
    path("api/accounts/idp-callback", views.oidc_callback, name="oidc-callback"),
    path("api/accounts/<slug:account_slug>/saml/<uuid:connection_id>/acs", views.saml_acs, name="saml-acs"),
    path("api/accounts/<slug:account_slug>/oidc/<uuid:connection_id>/logout", oidc_logout, name="oidc-logout"),
    path("api/accounts/<slug:account_slug>/oidc/<uuid:connection_id>/jwks", views.client_keys, name="client-keys"),
    path("api/accounts/<slug:account_slug>/saml/<uuid:connection_id>/slo", saml_slo, name="saml-slo"),
    path("logout/go-on", saml_logout_form, name="saml-logout-form"),
    path("logout/done", logged_out, name="logged-out"),
    path(
        "api/accounts/<slug:account_slug>/saml/<uuid:connection_id>/metadata", views.saml_metadata, name="saml-metadata"
    ),
]
