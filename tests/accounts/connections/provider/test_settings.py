"""Typed settings of a provider, as a connection keeps them."""

import pytest

from accounts.connections.provider.settings import (
    ENTRA_ISSUER,
    authn_contexts,
    from_metadata,
    openid_fields,
    request_fields,
    web_address,
)
from accounts.errors import ActionRefused

TENANT = "7a1f9d7e-0c1b-4b5a-9a53-1c2d3e4f5a6b"
CONTEXT = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password"


def test_tenant_and_issuer_of_entra_follow_from_each_other() -> None:
    issuer = ENTRA_ISSUER.format(tenant=TENANT)
    assert openid_fields("entra", tenant_id=f" {TENANT.upper()} ")["issuer"] == issuer
    assert openid_fields("entra", issuer=issuer)["tenant_id"] == TENANT


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"tenant_id": "acme"}, "tenant-id-invalid"),
        ({"issuer": "https://login.microsoftonline.com/common/v2.0"}, "issuer-of-many-tenants"),
        (
            {"tenant_id": TENANT.replace("7", "8"), "issuer": ENTRA_ISSUER.format(tenant=TENANT)},
            "tenant-issuer-mismatch",
        ),
    ],
)
def test_what_names_no_one_tenant_is_refused(given: dict[str, str], code: str) -> None:
    with pytest.raises(ActionRefused) as refused:
        openid_fields("entra", **given)
    assert refused.value.code == code


def test_an_address_is_trimmed_and_has_a_scheme() -> None:
    assert (web_address(" https://id.example ", "it"), web_address("", "it")) == ("https://id.example", "")
    with pytest.raises(ActionRefused, match=r"Expected it as an http\(s\) address; received 'id.example'"):
        web_address("id.example", "it")


def test_authentication_contexts_are_kept_once_each() -> None:
    assert authn_contexts(f"{CONTEXT}\n{CONTEXT} {CONTEXT}2") == f"{CONTEXT} {CONTEXT}2"
    with pytest.raises(ActionRefused, match="received 'no'"):
        authn_contexts("no uri")


def test_blanks_between_scopes_do_not_count() -> None:
    assert request_fields(extra_scopes=" a   b ")["extra_scopes"] == "a b"
    with pytest.raises(ActionRefused) as refused:
        request_fields(max_age=-1)
    assert refused.value.code == "connection-field-invalid"


def test_what_is_no_metadata_is_refused() -> None:
    with pytest.raises(ActionRefused) as refused:
        from_metadata(b"<html/>")
    assert refused.value.code == "metadata-invalid"
