from django.urls import path

from console.guides.views import VENDORS, guide

urlpatterns = [path(f"guides/{vendor}", guide, {"vendor": vendor}, name=f"guide-{vendor}") for vendor in VENDORS]
