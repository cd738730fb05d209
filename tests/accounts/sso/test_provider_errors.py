"""Why a provider sent an error: told apart by number, words and code, for the admin and the person."""

from typing import Any

import pytest
from lxml import etree

from accounts.models import LoginRecord
from accounts.sso.oidc import refusals as oidc_errors
from accounts.sso.refusal import LoginRefused
from accounts.sso.saml.shape import status_refusal
from tests.support.cast import Cast
from tests.support.factories import oidc_connection
from tests.support.journeys import OidcJourney, SamlJourney, signed_connection
from tests.support.oidc_messages import Provider, Web, shape
from tests.support.saml_messages import setting

STATUS = "urn:oasis:names:tc:SAML:2.0:status:"
NOT_ASSIGNED = "AADSTS50105: Your administrator has configured the application Torque to block users unless they are"
NOT_ASSIGNED += " specifically granted ('assigned') access to the application."


def answered(error: str, words: str = "", **more: str) -> LoginRefused:
    return oidc_errors.provider_said_no({"error": error, "error_description": words, **more})


@pytest.mark.parametrize(
    ("error", "words", "code"),
    [
        ("access_denied", "", "denied"),
        ("access_denied", "The resource owner or authorization server denied the request.", "denied"),
        ("access_denied", "the user canceled the authentication", "cancelled"),
        ("access_denied", "AADSTS65004: User declined to consent to access the app.", "cancelled"),
        ("access_denied", "AADB2C90091: The user has cancelled entering self-asserted information.", "cancelled"),
        ("access_denied", "User did not authorize the request", "cancelled"),
        ("access_denied", "User is not assigned to the client application.", "not-assigned"),
        ("access_denied", NOT_ASSIGNED, "not-assigned"),
        ("interaction_required", NOT_ASSIGNED, "not-assigned"),
        (
            "access_denied",
            "Policy evaluation failed for this request, please check the policy configurations.",
            "policy",
        ),
        ("access_denied", "AADSTS53003: Access has been blocked by Conditional Access policies.", "policy"),
        ("temporarily_unavailable", "", "unavailable"),
        ("server_error", "An unexpected error occurred", "unavailable"),
        ("temporarily_unavailable", "authentication_expired", "interaction"),
        ("consent_required", "AADSTS65001: The user or administrator has not consented to use it", "consent"),
        ("invalid_client", "AADSTS65001: The user or administrator has not consented", "consent"),
        ("access_denied", "AADSTS90094: The grant requires admin permission.", "consent"),
        ("consent_required", "", "consent"),
        ("login_required", "", "interaction"),
        ("interaction_required", "AADSTS50076: you must use multi-factor authentication", "interaction"),
        ("account_selection_required", "", "interaction"),
        ("invalid_request", "AADSTS50011: The redirect URI specified in the request does not match", "redirect-uri"),
        ("invalid_request", "The 'redirect_uri' parameter must be a Login redirect URI in the app.", "redirect-uri"),
        ("unsupported_response_type", "AADSTS700054: response_type 'id_token' is not enabled", "response-type"),
        ("unsupported_response_type", "", "response-type"),
        ("invalid_scope", "One or more scopes are not configured for the authorization server.", "scope"),
        ("invalid_scope", "AADSTS70011: The provided value for the scope is not valid.", "scope"),
        ("unauthorized_client", "AADSTS700016: Application with identifier 'x' was not found", "application"),
        ("unauthorized_client", "", "application"),
        ("invalid_request", "", "request"),
        ("access_denied", "AADSTS50020: User account from identity provider does not exist in tenant", "account"),
        ("something_else", "AADSTS1234567: nobody knows", "error"),
        ("something_else", "", "error"),
    ],
)
def test_each_error_of_an_openid_provider_has_its_own_code(error: str, words: str, code: str) -> None:
    refusal = answered(error, words)
    assert refusal.code == f"idp-{code}"
    assert error in refusal.received
    assert refusal.next_step


def test_entras_word_for_a_cancelled_sign_in_counts_first() -> None:
    assert answered("access_denied", "something", error_subcode="cancel").code == "idp-cancelled"


class _TokenError(Exception):
    def __init__(self, error: str, words: str) -> None:
        super().__init__(f"{error}: {words}")
        self.error = error


@pytest.mark.parametrize(
    ("error", "words", "code", "advice"),
    [
        (
            "invalid_client",
            "AADSTS7000222: The provided client secret keys are expired.",
            "expired",
            "Make a new client",
        ),
        ("invalid_client", "The client secret has expired", "client-secret-expired", "Make a new client secret"),
        ("invalid_client", "AADSTS7000215: Invalid client secret provided.", "client-secret", "not its ID"),
        ("unauthorized_client", "AADSTS7000218: must contain 'client_secret'", "client-secret", "not its ID"),
        ("invalid_client", "Client authentication failed.", "client-secret", "client secret in the connection"),
        ("unauthorized_client", "AADSTS700016: not found in the directory", "idp-application", "client ID"),
        ("invalid_grant", "AADSTS50011: The redirect URI does not match", "idp-redirect-uri", "letter for letter"),
        ("invalid_scope", "", "idp-scope", "scopes openid"),
        ("invalid_grant", "AADSTS70008: the code has expired", "oidc-token-endpoint", "Start again"),
    ],
)
def test_each_refusal_of_the_token_endpoint_has_its_own_code(error: str, words: str, code: str, advice: str) -> None:
    refusal = oidc_errors.code_refused(_TokenError(error, words))
    assert refusal.code.endswith(code)
    assert advice in refusal.next_step


def saml_status(*codes: str, message: str = "") -> LoginRefused | None:
    inner = "".join(f'<p:StatusCode Value="{STATUS if ":" not in code else ""}{code}">' for code in codes)
    text = f"<p:StatusMessage>{message}</p:StatusMessage>" if message else ""
    protocol = "urn:oasis:names:tc:SAML:2.0:protocol"
    status = f"<p:Status>{inner}{'</p:StatusCode>' * len(codes)}{text}</p:Status>"
    return status_refusal(etree.fromstring(f'<p:Response xmlns:p="{protocol}">{status}</p:Response>'))


@pytest.mark.parametrize(
    ("codes", "message", "code"),
    [
        (("Responder", "AuthnFailed"), "", "idp-authn-failed"),
        (("Responder", "NoPassive"), "", "idp-interaction"),
        (("Responder", "RequestDenied"), "", "idp-denied"),
        (("Requester", "RequestUnsupported"), "", "idp-request"),
        (("Responder", "NoAuthnContext"), "", "idp-authn-context"),
        (("Requester", "InvalidNameIDPolicy"), "", "idp-name-id-policy"),
        (("Responder", "UnknownPrincipal"), "", "idp-account"),
        (("Responder", "Responder", "AuthnFailed"), "", "idp-authn-failed"),
        (("RequestDenied",), "", "idp-denied"),
        (("Responder", "RequestDenied"), NOT_ASSIGNED, "idp-not-assigned"),
        (("Responder",), NOT_ASSIGNED, "idp-not-assigned"),
        (
            ("Responder", "NoAuthnContext"),
            "AADSTS75011: Authentication method 'X509' does not match",
            "idp-authn-context",
        ),
        (("Requester",), "AADSTS76021: The request was not signed", "idp-request"),
        (("Responder",), "AADSTS50020: not in the tenant", "idp-account"),
        (("Responder",), "User is not assigned to this application", "idp-not-assigned"),
        (("Responder",), "", "saml-status"),
        (("Requester",), "", "saml-status"),
        (("urn:example:maybe",), "", "saml-status"),
        ((), "", "saml-status"),
    ],
)
def test_each_status_of_a_saml_provider_has_its_own_code(codes: tuple[str, ...], message: str, code: str) -> None:
    refusal = saml_status(*codes, message=message)
    assert refusal
    assert refusal.code == code
    assert message[:100] in refusal.received


def by_openid(cast: Cast, web: Web, error: str, words: str) -> Any:
    journey = OidcJourney(Provider(oidc_connection(cast.acme), web, shape("entra/oidc/member.json")))
    asked = journey.start()
    return journey.finish(journey.post(error=error, error_description=words, state=asked["state"]))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "words", "friendly"),
    [
        ("access_denied", "the user canceled the authentication", "The sign-in was cancelled"),
        ("access_denied", NOT_ASSIGNED, "has not assigned you"),
        ("temporarily_unavailable", "", "try again in a few minutes"),
        ("consent_required", "", "ask your administrator to consent"),
        ("login_required", "", "sign in there and answer it"),
        ("invalid_request", "AADSTS50011", "trying again does not help"),
    ],
)
def test_the_person_reads_what_they_can_do(cast: Cast, web: Web, error: str, words: str, friendly: str) -> None:
    page = by_openid(cast, web, error, words).content.decode()
    assert friendly in page
    assert LoginRecord.objects.get().reference in page


@pytest.mark.django_db
def test_so_they_do_by_saml(cast: Cast) -> None:
    journey = SamlJourney(signed_connection(cast.acme))
    journey.start()
    message = journey.message(edit=setting("//p:StatusCode", "Value", f"{STATUS}AuthnFailed"))
    page = journey.follow(journey.post(message)).content.decode()
    assert "could not verify who you are" in page
    assert LoginRecord.objects.get().reason == "idp-authn-failed"
