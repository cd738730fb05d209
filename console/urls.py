"""All pages: one list for each section of the navigation."""

from django.urls import include, path

SECTIONS = (
    "home",
    "sign_in",
    "profile",
    "users",
    "groups",
    "spaces",
    "roles",
    "connections",
    "enforcement",
    "logins",
    "guides",
    "provisioning",
    "tokens",
    "audit",
)

urlpatterns = [path("", include(f"console.{section}.urls")) for section in SECTIONS]
