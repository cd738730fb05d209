"""`/provisioning` and what is below it."""

from django.urls import URLPattern, path

from console.provisioning import held, overview, requests, scim_test

urlpatterns: list[URLPattern] = [
    path("provisioning", overview.provisioning, name="provisioning"),
    path("provisioning/last-call", overview.last_call, name="provisioning-last-call"),
    path("provisioning/self-test", scim_test.provisioning_scim_test, name="provisioning-self-test"),
    path("provisioning/settings", overview.save_settings, name="provisioning-settings"),
    path("provisioning/tokens/new", overview.new_service_token, name="new-service-token"),
    path(
        "provisioning/tokens/<uuid:token_id>/revoke",
        overview.revoke_provisioning_token,
        name="revoke-provisioning-token",
    ),
    path("provisioning/requests", requests.requests, name="provisioning-requests"),
    path("provisioning/requests/<uuid:request_id>", requests.request_detail, name="provisioning-request"),
    path("provisioning/held", held.held_people, name="held-people"),
    path("provisioning/held/let-go", held.decide, {"decision": "deprovision"}, name="deprovision-all-held"),
    path("provisioning/held/keep", held.decide, {"decision": "keep"}, name="keep-all-held"),
    path(
        "provisioning/held/<uuid:user_id>/let-go", held.decide_one, {"decision": "deprovision"}, name="deprovision-held"
    ),
    path("provisioning/held/<uuid:user_id>/keep", held.decide_one, {"decision": "keep"}, name="keep-held"),
]
