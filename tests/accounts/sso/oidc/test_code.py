"""The code flow: the code is exchanged with PKCE, and an error of the provider is shown."""

import base64
import json
from typing import Any

import pytest

from accounts.sso.refusal import LoginRefused
from common.outbound.guarded_http import OutboundError
from tests.support.oidc_messages import ACCESS_TOKEN, CODE, VERIFIER, Provider, half_hash

SECRET = "okta-client-secret"


def refusal_of(okta: Provider, **changes: Any) -> LoginRefused:
    with pytest.raises(LoginRefused) as caught:
        okta.log_in_by_code(**changes)
    return caught.value


def refused_by_token_endpoint(okta: Provider, status: int | None, body: bytes = b"") -> LoginRefused:
    okta.publish("token", OutboundError("The token endpoint answered.", status, body))
    with pytest.raises(LoginRefused) as caught:
        okta.read(code=CODE)
    return caught.value


def test_the_code_is_exchanged_with_verifier_and_secret(okta: Provider) -> None:
    okta.log_in_by_code()
    assert okta.web.sent("/token")["form"] == {
        "grant_type": "authorization_code",
        "code": CODE,
        "redirect_uri": "http://localhost:8000/api/accounts/idp-callback",
        "code_verifier": VERIFIER,
        "client_id": "0oa1",
        "client_secret": SECRET,
    }


@pytest.mark.parametrize("methods", [["client_secret_basic"], None, []])
def test_the_secret_goes_in_the_header_where_the_form_is_not_listed(okta: Provider, methods: Any) -> None:
    page = okta.discovery(token_endpoint_auth_methods_supported=methods)
    okta.publish(".well-known/openid-configuration", page)
    okta.connection.client_secret = "a:b/c"
    okta.log_in_by_code()
    sent = okta.web.sent("/token")
    assert "client_secret" not in sent["form"]
    assert base64.b64decode(sent["headers"]["Authorization"].removeprefix("Basic ")) == b"0oa1:a%3Ab%2Fc"


def test_a_client_without_secret_sends_its_id_alone(okta: Provider) -> None:
    okta.connection.client_secret = ""
    okta.log_in_by_code()
    assert "client_secret" not in okta.web.sent("/token")["form"]
    assert okta.web.sent("/token")["headers"] == {}


def test_a_refused_code_is_shown_with_the_providers_words(okta: Provider) -> None:
    body = b'{"error":"invalid_grant","error_description":"AADSTS70008: the code has expired"}'
    refusal = refused_by_token_endpoint(okta, 400, body)
    assert refusal.code == "oidc-token-endpoint"
    assert refusal.received == "the error “invalid_grant: AADSTS70008: the code has expired”"


def test_what_was_sent_in_secret_is_cut_out_of_the_providers_words(okta: Provider) -> None:
    words = f"secret {SECRET} or code {CODE} or verifier {VERIFIER} is wrong"
    body = json.dumps({"error": "invalid_client", "error_description": words}).encode()
    refusal = refused_by_token_endpoint(okta, 401, body)
    assert not any(secret in str(refusal) for secret in (SECRET, CODE, VERIFIER))
    assert "client secret in the connection" in refusal.next_step


@pytest.mark.parametrize("status", [None, 429, 500, 503])
def test_trouble_on_the_way_is_not_called_a_refusal(okta: Provider, status: int | None) -> None:
    assert refused_by_token_endpoint(okta, status, b'{"error":"server_error"}').code == "idp-unreachable"


@pytest.mark.parametrize("page", [b"", b"<html>", b"[]", {"access_token": "a"}, {"id_token": 5}])
def test_an_answer_without_id_token_is_refused(okta: Provider, page: Any) -> None:
    okta.publish("token", page)
    with pytest.raises(LoginRefused) as caught:
        okta.read(code=CODE)
    assert caught.value.code in ("oidc-flow", "idp-unreachable")


@pytest.mark.parametrize("fields", [{"id_token": "a.b.c"}, {"id_token": "a.b.c", "code": CODE}, {"access_token": "a"}])
def test_tokens_from_the_browser_are_refused_and_nothing_is_fetched(okta: Provider, fields: dict[str, str]) -> None:
    okta.log_in_by_code()
    okta.web.requests.clear()
    with pytest.raises(LoginRefused) as caught:
        okta.read(**fields)
    assert caught.value.code == "oidc-flow"
    assert okta.web.requests == []


def test_the_id_token_of_the_token_endpoint_is_checked_in_full(okta: Provider) -> None:
    assert refusal_of(okta, nonce="another").code == "oidc-nonce"
    assert refusal_of(okta, aud="another").code == "oidc-audience"


def test_a_wrong_hash_of_the_access_token_is_refused(okta: Provider) -> None:
    assert refusal_of(okta, at_hash=half_hash("another")).code == "oidc-at-hash"
    assert okta.log_in_by_code(at_hash=half_hash(ACCESS_TOKEN))


@pytest.mark.parametrize("value", [5, "", "ñ", []])
def test_a_hash_of_the_code_that_is_none_is_refused(okta: Provider, value: Any) -> None:
    assert refusal_of(okta, c_hash=value).code == "oidc-c-hash"


def test_a_provider_that_always_names_itself_must_do_so(okta: Provider) -> None:
    page = okta.discovery(authorization_response_iss_parameter_supported=True)
    okta.publish(".well-known/openid-configuration", page)
    assert okta.connection.discovery == {}, "as in the test of a draft, which keeps nothing of its issuer"
    assert refusal_of(okta).code == "oidc-answer-issuer"
    assert okta.read(code=CODE, iss=okta.connection.issuer)
