from django.urls import URLPattern, URLResolver, include, path

from spaces.api.views import Me

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("accounts.sso.urls")),
    path("", include("accounts.urls")),
    path("api/me", Me.as_view(), name="me"),
]
