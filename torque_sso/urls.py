from django.urls import URLPattern, URLResolver, include, path, re_path

from spaces.api.views import Me
from torque_sso.health import healthz, readyz
from torque_sso.metrics import metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("accounts.sso.urls")),
    path("", include("console.urls")),
    path("", include("accounts.api.urls")),
    path("api/me", Me.as_view(), name="me"),
    re_path(r"^api/scim(?:/v2)?(?:/|\Z)", include("scim.urls")),
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
]

handler404 = "torque_sso.error_pages.page_not_found"
handler500 = "torque_sso.error_pages.server_error"
