"""`/provisioning` and what is below it."""

from django.urls import URLPattern, path

from console.provisioning.held import decide, decide_one, held_people
from console.provisioning.overview import last_call, provisioning, save_settings
from console.provisioning.requests import request_detail, requests
from console.provisioning.scim_test import provisioning_scim_test
from console.provisioning.tokens import new_service_token, revoke_provisioning_token

urlpatterns: list[URLPattern] = [
    path("provisioning", provisioning, name="provisioning"),
    path("provisioning/last-call", last_call, name="provisioning-last-call"),
    path("provisioning/self-test", provisioning_scim_test, name="provisioning-self-test"),
    path("provisioning/settings", save_settings, name="provisioning-settings"),
    path("provisioning/tokens/new", new_service_token, name="new-service-token"),
    path("provisioning/tokens/<uuid:token_id>/revoke", revoke_provisioning_token, name="revoke-provisioning-token"),
    path("provisioning/requests", requests, name="provisioning-requests"),
    path("provisioning/requests/<uuid:request_id>", request_detail, name="provisioning-request"),
    path("provisioning/held", held_people, name="held-people"),
    path("provisioning/held/let-go", decide, {"decision": "deprovision"}, name="deprovision-all-held"),
    path("provisioning/held/keep", decide, {"decision": "keep"}, name="keep-all-held"),
    path("provisioning/held/<uuid:user_id>/let-go", decide_one, {"decision": "deprovision"}, name="deprovision-held"),
    path("provisioning/held/<uuid:user_id>/keep", decide_one, {"decision": "keep"}, name="keep-held"),
]
