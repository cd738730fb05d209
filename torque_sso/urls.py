from django.urls import URLPattern, URLResolver, include, path

from spaces.api.views import Me
from torque_sso.health import healthz, readyz

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("accounts.sso.urls")),
    path("", include("accounts.urls")),
    path("api/me", Me.as_view(), name="me"),
    path("healthz", healthz),
    path("readyz", readyz),
]
