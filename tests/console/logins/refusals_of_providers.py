"""How to provoke the errors that an identity provider sends in place of a login, and refusals of what it publishes."""

import json
from typing import Any

from common.outbound.guarded_http import OutboundError
from tests.console.logins.refusal_table import Row, answered, saml, token_endpoint
from tests.console.logins.world import World
from tests.support.saml_messages import setting

CODE_OF, STATUS = "//p:StatusCode", "urn:oasis:names:tc:SAML:2.0:status:"


def of_an_issuer_that_publishes_another(world: World) -> Any:
    journey = world.entra()
    journey.provider.publish(".well-known/openid-configuration", {"issuer": "https://other.example"})
    return journey.browser.get(f"/login/sso/{journey.provider.connection.pk}")


def with_a_domain_of_no_connection(world: World) -> Any:
    journey = world.saml()
    journey.connection.domains.clear()
    return journey.log_in(email="petra@acme.example")


def refused(words: str) -> OutboundError:
    """By the token endpoint."""
    return OutboundError("No.", 401, json.dumps({"error": "invalid_client", "error_description": words}).encode())


PROVIDER_ROWS = [
    Row("oidc-discovery", of_an_issuer_that_publishes_another, "Directory (tenant) ID"),
    Row("domain-not-attached", with_a_domain_of_no_connection),
    *(
        Row(f"idp-{code}", answered(error=error, error_description=words), place)
        for code, error, words, place in (
            ("cancelled", "access_denied", "the user canceled the authentication", ""),
            ("denied", "access_denied", "", "Sign-in logs"),
            ("not-assigned", "access_denied", "AADSTS50105: not assigned", "Users and groups"),
            ("policy", "access_denied", "AADSTS53003: blocked", "Conditional Access"),
            ("account", "access_denied", "AADSTS50057: disabled", "Account status"),
            ("authn-failed", "access_denied", "AADSTS50126: wrong password", "Sign-in logs"),
            ("interaction", "login_required", "", ""),
            ("consent", "consent_required", "", "Grant admin consent"),
            ("unavailable", "temporarily_unavailable", "", "Sign-in logs"),
            ("redirect-uri", "invalid_request", "AADSTS50011: no match", "Redirect URIs"),
            ("response-type", "unsupported_response_type", "AADSTS700054", "ID tokens"),
            ("scope", "invalid_scope", "", "API permissions"),
            ("application", "unauthorized_client", "AADSTS700016", "Application (client) ID"),
            ("request", "invalid_request", "", "Sign-in logs"),
            ("authn-context", "access_denied", "AADSTS75011", "Sign-in logs"),
        )
    ),
    Row(
        "idp-name-id-policy",
        saml("", edit=setting(CODE_OF, "Value", f"{STATUS}InvalidNameIDPolicy")).provoke,
        "Name ID",
    ),
    Row("idp-client-secret-expired", token_endpoint(refused("AADSTS7000222: expired")), "Client secrets"),
    Row("idp-client-secret", token_endpoint(refused("AADSTS7000215: invalid")), "Client secrets"),
]
