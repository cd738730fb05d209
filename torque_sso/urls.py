from django.urls import URLPattern, URLResolver, include, path, re_path

from spaces.api.views import Me
from torque_sso.health import healthz, readyz

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("accounts.sso.urls")),
    path("", include("accounts.urls")),
    path("api/me", Me.as_view(), name="me"),
    re_path(r"^api/scim(?:/v2)?(?:/|\Z)", include("scim.urls")),
    path("healthz", healthz),
    path("readyz", readyz),
]
