"""REST endpoints that need accounts alone."""

from django.urls import path

from accounts.api.login import Login, Revocation
from accounts.api.long_tokens import LongToken, LongTokens

urlpatterns = [
    path("api/accounts/login", Login.as_view(), name="api-login"),
    path("api/accounts/<str:account>/login", Login.as_view(), name="api-account-login"),
    path("api/token/longtoken", LongTokens.as_view(), name="api-long-tokens"),
    path("api/token/longtoken/<uuid:token_id>", LongToken.as_view(), name="api-long-token"),
    path("api/token/revoke", Revocation.as_view(), name="api-revoke"),
]
