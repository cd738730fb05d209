"""Whatever somebody sends to the stand-in, it answers with a sentence and a 4xx."""

import stat
from pathlib import Path

import pytest

from demo.company import AZURE_CLIENT_ID
from demo.faces import ENTRA_OIDC, OKTA_SAML
from demo.safe import Safe
from demo.web import MAX_BODY
from tests.demo.visitor import ACS, REDIRECT_URI, Visitor, authn_request, deflated, form

BOMB = deflated(b"<a>" + b" " * 5_000_000 + b"</a>")
DOCTYPE = deflated(b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>')


@pytest.mark.parametrize(
    "saml_request",
    [
        "",
        "%%%",
        "AAAA",
        "caf\u00e9",
        deflated(b"no xml"),
        deflated(b"\xff\xfe\x00"),
        deflated(b"<other/>"),
        DOCTYPE,
        BOMB,
        authn_request(acs=""),
        authn_request(acs="https://elsewhere.example/acs"),
        authn_request(acs="http://[half"),
    ],
)
def test_an_unusable_authn_request_is_refused(visitor: Visitor, saml_request: str) -> None:
    answer = visitor.get(OKTA_SAML.sso_path, SAMLRequest=saml_request)
    assert answer.status == 400
    assert "This request is refused" in answer.text


@pytest.mark.parametrize(
    ("client_id", "redirect_uri"),
    [("", ""), ("unknown", REDIRECT_URI), (AZURE_CLIENT_ID, "https://elsewhere.example/"), (AZURE_CLIENT_ID, "[")],
)
def test_an_unknown_client_or_address_is_refused_on_the_spot(
    visitor: Visitor, client_id: str, redirect_uri: str
) -> None:
    answer = visitor.get(ENTRA_OIDC.authorize_path, client_id=client_id, redirect_uri=redirect_uri)
    assert answer.status == 400
    assert "Location" not in answer.headers


def test_an_unknown_page_is_not_found(visitor: Visitor) -> None:
    assert visitor.get("/nowhere").status == 404


def test_an_unknown_person_is_refused(visitor: Visitor) -> None:
    answer = visitor.post(OKTA_SAML.sso_path, {"SAMLRequest": authn_request(), "step": "choose", "person": "zoe"})
    assert answer.status == 400


def test_a_large_body_is_refused(visitor: Visitor) -> None:
    assert visitor.post_raw(OKTA_SAML.sso_path, b"x" * (MAX_BODY + 1)).status == 413


@pytest.mark.parametrize("body", [b"\xff\xfe=%ff", b"&" * 3000 + b"a=1&" * 2000, b"=" * 50])
def test_an_unreadable_form_is_refused(visitor: Visitor, body: bytes) -> None:
    assert visitor.post_raw(OKTA_SAML.sso_path, body).status == 400


def test_characters_that_xml_cannot_hold_are_dropped(visitor: Visitor) -> None:
    fields = {"SAMLRequest": authn_request(), **form(email="b\x00o\x1bb"), "subject": "\x01bob\ufffe"}
    answer = visitor.post(OKTA_SAML.sso_path, fields)
    assert answer.target() == ACS


def test_markup_in_a_field_is_text_on_the_page(visitor: Visitor) -> None:
    fields = {"SAMLRequest": authn_request(), "RelayState": '"><script>alert(1)</script>'}
    assert "<script>alert" not in visitor.get(OKTA_SAML.sso_path, **fields).text


@pytest.mark.parametrize("authorization", ["Basic", "Basic %%%", "Basic /////w==", "Digest x"])
def test_odd_credentials_are_an_invalid_client(visitor: Visitor, authorization: str) -> None:
    answer = visitor.post(ENTRA_OIDC.token_path, {}, HTTP_AUTHORIZATION=authorization)
    assert answer.json()["error"] == "invalid_client"


def test_keys_are_for_the_owner_only_and_outlive_a_restart(tmp_path: Path) -> None:
    first = Safe(tmp_path / "safe").signing_key("saml")
    assert Safe(tmp_path / "safe").signing_key("saml") == first
    assert stat.S_IMODE((tmp_path / "safe" / "saml.pem").stat().st_mode) == 0o600
