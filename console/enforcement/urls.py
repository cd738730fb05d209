from django.urls import path

from console.enforcement import views

urlpatterns = [
    path("sso/enforcement", views.enforcement, name="enforcement"),
    path("sso/enforcement/enforce", views.enforce, name="enforce-sso"),
    path("sso/enforcement/codes", views.new_codes, name="new-recovery-codes"),
    path("sso/enforcement/lift", views.lift, name="lift-enforcement"),
]
