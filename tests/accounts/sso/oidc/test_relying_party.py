"""Where the browser is sent to sign in."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from accounts.sso.oidc import relying_party
from accounts.sso.refusal import LoginRefused
from common.outbound.guarded_http import OutboundError
from tests.support.oidc_messages import Provider


def query_of(provider: Provider, login_hint: str = "") -> dict[str, str]:
    url = relying_party.authorization_url(provider.connection, "state-1", "nonce-1", "verifier-1", login_hint)
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def test_the_id_token_flow_asks_for_a_form_post(entra: Provider) -> None:
    assert query_of(entra) == {
        "client_id": entra.connection.client_id,
        "response_type": "id_token",
        "response_mode": "form_post",
        "redirect_uri": "http://localhost:8000/api/accounts/idp-callback",
        "scope": "openid profile email",
        "state": "state-1",
        "nonce": "nonce-1",
    }


def test_the_code_flow_asks_with_pkce_and_nonce(okta: Provider) -> None:
    query = query_of(okta)
    assert (query["response_type"], query["response_mode"], query["nonce"]) == ("code", "form_post", "nonce-1")
    assert query["code_challenge_method"] == "S256"


def test_the_challenge_is_the_one_of_the_rfc(okta: Provider) -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # RFC 7636 appendix B
    url = relying_party.authorization_url(okta.connection, "s", "n", verifier)
    assert "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" in url


def test_groups_are_asked_for_where_nothing_or_they_are_listed(okta: Provider) -> None:
    assert query_of(okta)["scope"] == "openid profile email groups"


def test_groups_are_not_asked_for_unless_the_connection_says_so(okta: Provider) -> None:
    okta.connection.extra_scopes = ""
    assert query_of(okta)["scope"] == "openid profile email"


@pytest.mark.parametrize("vendor", ["okta", "entra", "other"])
def test_extra_scopes_are_asked_for_of_every_vendor(okta: Provider, vendor: str) -> None:
    okta.connection.vendor, okta.connection.extra_scopes = vendor, "groups email urn:acme:roles"
    assert query_of(okta)["scope"] == "openid profile email groups urn:acme:roles"


ASKED: dict[str, tuple[Any, str, str]] = {
    "to sign in again": ("login", "prompt", "login"),
    "to choose an account": ("select_account", "prompt", "select_account"),
    "for a recent sign-in": (3600, "max_age", "3600"),
    "for a sign-in now": (0, "max_age", "0"),
    "for two factors": ("urn:okta:loa:2fa:any phr", "acr_values", "urn:okta:loa:2fa:any phr"),
}


@pytest.mark.parametrize(("value", "name", "sent"), ASKED.values(), ids=ASKED)
def test_what_the_connection_asks_for_is_sent(entra: Provider, value: Any, name: str, sent: str) -> None:
    assert name not in query_of(entra)
    setattr(entra.connection, name, value)
    assert query_of(entra)[name] == sent


def test_who_is_expected_is_kept_back_where_the_connection_says_so(entra: Provider) -> None:
    entra.connection.omit_login_hint = True
    assert "login_hint" not in query_of(entra, "dana@acme.example")


def test_groups_are_not_asked_for_where_the_list_leaves_them_out(okta: Provider) -> None:
    page = okta.discovery(scopes_supported=["openid", "profile", "email"])
    okta.publish(".well-known/openid-configuration", page)
    assert query_of(okta)["scope"] == "openid profile email"


def test_who_is_expected_is_passed_on(entra: Provider) -> None:
    assert query_of(entra, "dana@acme.example")["login_hint"] == "dana@acme.example"


def test_an_endpoint_with_a_query_of_its_own_keeps_it(entra: Provider) -> None:
    page = entra.discovery(authorization_endpoint="https://login.example/authorize?p=policy-1")
    entra.publish(".well-known/openid-configuration", page)
    assert query_of(entra)["p"] == "policy-1"


def test_a_provider_that_cannot_be_reached_refuses_the_start(entra: Provider) -> None:
    entra.publish(".well-known/openid-configuration", OutboundError("No connection to the provider."))
    with pytest.raises(LoginRefused) as caught:
        query_of(entra)
    assert caught.value.code == "idp-unreachable"
    assert caught.value.received == "No connection to the provider"
