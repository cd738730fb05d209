from django.urls import path

from console.home.home import dismiss, home

urlpatterns = [
    path("", home, name="home"),
    path("requests/<uuid:alert_id>/dismiss", dismiss, name="dismiss-request"),
]
