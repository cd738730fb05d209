"""Of which tenant a login of Entra is: the issuer's GUID, whatever else it says."""

from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.connections.provider.settings import openid_fields
from accounts.connections.provider.tenants import is_of_many, tenant_of
from accounts.errors import ActionRefused
from accounts.sso.login.preview import preview_login
from accounts.sso.oidc.id_token import Expected, check_tenant
from accounts.sso.refusal import LoginRefused
from tests.accounts.sso.saml.test_claims import MICROSOFT, claims_of, refusal_of
from tests.support.factories import OID, TENANT
from tests.support.oidc_messages import Provider

OTHER = "99999999-8888-4777-8666-555555555555"
MANY = [
    "https://login.microsoftonline.com/common/v2.0",
    "https://login.microsoftonline.com/organizations/v2.0",
    "https://login.microsoftonline.com/{tenantid}/v2.0",
    "https://login.microsoftonline.us/acme.example/v2.0",
    "http://127.0.0.1:9000/COMMON/v2.0",
]


def expecting(issuer: str) -> Expected:
    return Expected(issuer, "client", "nonce", datetime.now(UTC), 60, is_entra=True)


@pytest.mark.parametrize(
    ("issuer", "tenant"),
    [
        (f"https://login.microsoftonline.com/{TENANT}/v2.0", TENANT),
        (f"https://sts.windows.net/{TENANT.upper()}/", TENANT),
        (f"http://127.0.0.1:9000/{TENANT}/v2.0", TENANT),
        ("https://login.microsoftonline.com/common/v2.0", ""),
        ("https://idp.example", ""),
        ("https://[broken/", ""),
        ("", ""),
    ],
)
def test_the_tenant_is_the_guid_of_the_issuer(issuer: str, tenant: str) -> None:
    assert tenant_of(issuer) == tenant


@pytest.mark.parametrize("issuer", MANY)
def test_an_issuer_of_many_tenants_is_refused_when_it_is_saved(issuer: str) -> None:
    assert is_of_many(issuer)
    with pytest.raises(ActionRefused, match=r"which stands for any\. Leave the issuer empty and enter the directory"):
        openid_fields("entra", issuer=issuer, client_id="c")


@pytest.mark.parametrize("issuer", MANY)
def test_and_at_login(issuer: str) -> None:
    with pytest.raises(LoginRefused, match=r"Enter the directory \(tenant\) ID") as refused:
        check_tenant({"oid": OID, "tid": TENANT}, expecting(issuer))
    assert refused.value.code == "oidc-tenant"


def test_the_tenant_of_the_issuer_is_kept_when_it_is_saved() -> None:
    issuer = f"https://login.microsoftonline.us/{TENANT}/v2.0"
    assert openid_fields("entra", issuer=issuer, client_id="c")["tenant_id"] == TENANT


def test_a_tenant_and_an_issuer_of_two_tenants_are_refused() -> None:
    with pytest.raises(ActionRefused, match="to name the same tenant"):
        openid_fields("entra", issuer=f"https://login.microsoftonline.com/{TENANT}/v2.0", tenant_id=OTHER)


@pytest.mark.parametrize("tid", [OTHER, "", None, [TENANT], f" {TENANT}"])
def test_a_token_of_another_tenant_is_refused_without_a_tenant_id(entra: Provider, tid: Any) -> None:
    entra.connection.tenant_id = ""
    with pytest.raises(LoginRefused, match=f"the tenant '{TENANT}'") as refused:
        entra.log_in(tid=tid)
    assert refused.value.code == "oidc-tenant"


def test_a_token_of_the_issuers_tenant_is_taken_in_any_letter_case(entra: Provider) -> None:
    entra.connection.tenant_id = ""
    assert entra.log_in(tid=TENANT.upper()).subject == f"{TENANT}/{OID}"


def test_an_issuer_that_says_nothing_of_tenants_needs_one_in_the_token() -> None:
    check_tenant({"oid": OID, "tid": OTHER}, expecting("https://idp.example"))
    with pytest.raises(LoginRefused, match="a tenant"):
        check_tenant({"oid": OID}, expecting("https://idp.example"))


def test_the_preview_says_the_same(entra: Provider) -> None:
    entra.connection.tenant_id = ""
    found = preview_login(entra.connection, {**entra.claims, "tid": OTHER})
    assert found.decisions[0].startswith("oidc-tenant: Expected the tenant")


@pytest.mark.parametrize("vendor", ["entra", "other"])
def test_a_saml_tenant_id_that_is_not_the_issuers_is_refused(vendor: str) -> None:
    refusal = refusal_of(
        vendor=vendor, attributes={f"{MICROSOFT}/tenantid": (OTHER,)}, issuer=f"https://sts.windows.net/{TENANT}/"
    )
    assert refusal.code == "saml-tenant"


@pytest.mark.parametrize(
    ("issuer", "tenant"),
    [(f"https://sts.windows.net/{TENANT}/", TENANT.upper()), ("https://idp.example/", OTHER)],
)
def test_a_saml_tenant_id_of_the_issuer_or_beside_an_issuer_without_one_is_taken(issuer: str, tenant: str) -> None:
    attributes = {f"{MICROSOFT}/tenantid": (tenant,), f"{MICROSOFT}/objectidentifier": (OID,)}
    assert claims_of("entra", attributes, issuer=issuer).subject == f"{tenant.lower()}/{OID}"
