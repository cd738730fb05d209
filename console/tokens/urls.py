from django.urls import path

from console.tokens.tokens import all_tokens, new_own_token, new_token, revoke_any, revoke_own

urlpatterns = [
    path("profile/tokens/new", new_own_token, name="new-own-token"),
    path("profile/tokens/<uuid:token_id>/revoke", revoke_own, name="revoke-own-token"),
    path("tokens", all_tokens, name="tokens"),
    path("tokens/new", new_token, name="new-token"),
    path("tokens/<uuid:token_id>/revoke", revoke_any, name="revoke-token"),
]
