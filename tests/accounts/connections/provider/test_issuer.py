"""What people give as the issuer, and what becomes of it when it is saved."""

from typing import Any

import pytest

from accounts.connections.provider.issuer import IssuerDiffers, openid_settings
from accounts.errors import ActionRefused
from common.outbound.guarded_http import OutboundBusy, OutboundError
from tests.support.factories import TENANT
from tests.support.oidc_messages import Web

pytestmark = pytest.mark.django_db
WELL_KNOWN = "/.well-known/openid-configuration"
ENTRA, STS = f"https://login.microsoftonline.com/{TENANT}/v2.0", f"https://sts.windows.net/{TENANT}/"
DEFAULT = "https://acme.okta.com/oauth2/default"
PUBLISHED = {
    "https://slash.example/": "https://slash.example",
    "https://acme.okta.com": "https://acme.okta.com",
    "https://acme.okta.com/oauth2/default": "https://acme.okta.com/oauth2/default",
    "https://kc.example/realms/acme": "https://kc.example/realms/acme",
    "https://accounts.google.com": "https://accounts.google.com",
    "https://new.example": "https://old.example",
    ENTRA: ENTRA,
    STS: STS.rstrip("/"),
}


@pytest.fixture(autouse=True)
def pages(web: Web) -> Web:
    for issuer, address in PUBLISHED.items():
        web.pages[f"{address.rstrip('/')}{WELL_KNOWN}"] = {"issuer": issuer}
    for name in ("contoso.com", "contoso.onmicrosoft.com"):
        web.pages[f"https://login.microsoftonline.com/{name}/v2.0{WELL_KNOWN}"] = {"issuer": ENTRA}
    many = {"issuer": "https://login.microsoftonline.com/{tenantid}/v2.0"}
    web.pages[f"https://login.microsoftonline.com/common/v2.0{WELL_KNOWN}"] = many
    web.pages[f"http://acme.okta.com{WELL_KNOWN}"] = OutboundError("Plain http.")
    return web


def saved(vendor: str = "other", **given: str) -> Any:
    return openid_settings(vendor, client_id="c", account_id=None, **given)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://acme.okta.com", "https://acme.okta.com"),
        (" https://acme.okta.com \u200b", "https://acme.okta.com"),
        ("“https://acme.okta.com”", "https://acme.okta.com"),
        ("acme.okta.com/oauth2/default", "https://acme.okta.com/oauth2/default"),
        ("https://acme.okta.com/", "https://acme.okta.com"),
        ("https://slash.example", "https://slash.example/"),
        (f"https://slash.example{WELL_KNOWN}", "https://slash.example/"),
        (f"https://acme.okta.com/oauth2/default{WELL_KNOWN}?client_id=0oa1", "https://acme.okta.com/oauth2/default"),
        (f"{DEFAULT}/.well-known/oauth-authorization-server", DEFAULT),
        ("https://acme.okta.com/.well-known/oauth-authorization-server/oauth2/default", DEFAULT),
        (STS.rstrip("/"), STS),
    ],
)
def test_what_means_the_published_issuer_is_saved_as_it_is_published(given: str, kept: str) -> None:
    assert saved(issuer=given).fields["issuer"] == kept


@pytest.mark.parametrize("given", ["https://slash.example", "https://acme.okta.com/"])
def test_a_slash_that_was_taken_from_the_document_is_shown(given: str) -> None:
    (sentence,) = saved(issuer=given).warnings
    assert "saved as it is published" in sentence


@pytest.mark.parametrize(
    ("given", "offered"),
    [
        ("http://acme.okta.com", "https://acme.okta.com"),
        ("https://old.example", "https://new.example"),
        ("https://acme-admin.okta.com/admin/apps/active", "https://acme.okta.com"),
        ("https://acme.okta.com/app/UserHome", "https://acme.okta.com"),
        ("https://acme.okta.com/oauth2/v1/authorize", "https://acme.okta.com"),
        ("https://acme.okta.com/oauth2/default/v1/token", "https://acme.okta.com/oauth2/default"),
        ("https://kc.example/realms/acme/protocol/openid-connect/auth", "https://kc.example/realms/acme"),
        ("https://kc.example/admin/acme/console/", "https://kc.example/realms/acme"),
        ("https://kc.example/admin/master/console/#/acme/clients", "https://kc.example/realms/acme"),
        ("https://console.cloud.google.com/apis/credentials", "https://accounts.google.com"),
        (f"https://login.microsoftonline.com/{TENANT}", ENTRA),
        (f"https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/authorize", ENTRA),
        ("https://login.microsoftonline.com/contoso.com/v2.0", ENTRA),
        (f"https://login.microsoftonline.com/contoso.onmicrosoft.com/v2.0{WELL_KNOWN}", ENTRA),
    ],
)
@pytest.mark.parametrize("vendor", ["entra", "other"])
def test_another_issuer_than_the_published_one_is_refused_and_that_one_offered(
    vendor: str, given: str, offered: str
) -> None:
    with pytest.raises(IssuerDiffers) as differs:
        saved(vendor, issuer=given, tenant_id=TENANT if vendor == "entra" and "microsoft" not in given else "")
    assert differs.value.published == offered
    assert f"The provider publishes the issuer '{offered}'. Use it?" in str(differs.value)
    assert saved(vendor, issuer=offered, tenant_id=TENANT).fields["issuer"] == offered


@pytest.mark.parametrize("tenant", ["contoso.com", " Contoso.onmicrosoft.com "])
def test_a_tenant_named_by_its_domain_is_offered_by_its_id(tenant: str) -> None:
    with pytest.raises(IssuerDiffers, match=f"publishes the issuer '{ENTRA}'"):
        saved("entra", tenant_id=tenant)
    assert saved("entra", issuer=ENTRA).fields["tenant_id"] == TENANT


@pytest.mark.parametrize("tenant", ["unknown.example", "not a domain", "common", "organizations", ""])
def test_what_names_no_tenant_is_refused(tenant: str) -> None:
    with pytest.raises(ActionRefused, match=r"a GUID shown on the app's overview"):
        saved("entra", tenant_id=tenant)


@pytest.mark.parametrize("vendor", ["entra", "other"])
def test_the_issuer_of_any_tenant_is_refused(vendor: str) -> None:
    with pytest.raises(ActionRefused, match="stands for any"):
        saved(vendor, issuer="https://login.microsoftonline.com/common/v2.0")


@pytest.mark.parametrize("given", ["https://portal.azure.com/#home", "https://entra.microsoft.com/#view/x"])
def test_a_page_of_the_providers_console_is_named_as_that(given: str) -> None:
    with pytest.raises(ActionRefused, match="a page of its administrators"):
        saved(issuer=given)


@pytest.mark.parametrize(
    "page",
    [
        OutboundError("https://quiet.example did not answer in 5 s.", None),
        OutboundBusy("It was not asked: too many wait."),
        OutboundError("It answered with status 503.", 503),
        b"<html>",
        {"issuer": ["https://quiet.example"]},
        {"issuer": "javascript:alert(1)"},
        [],
    ],
)
def test_an_issuer_that_cannot_be_checked_is_saved_with_a_warning(pages: Web, page: Any) -> None:
    pages.pages[f"https://quiet.example{WELL_KNOWN}"] = page
    found = saved(issuer="https://quiet.example")
    assert found.fields["issuer"] == "https://quiet.example"
    assert "Nobody can sign in before it can be" in found.warnings[0]


@pytest.mark.parametrize("given", ["not an address", "ftp://idp.example", "https://", "https://idp.example/a b"])
def test_what_is_no_address_is_refused_without_a_request(pages: Web, given: str) -> None:
    with pytest.raises(ActionRefused, match=r"Expected the issuer as an http\(s\) address"):
        saved(issuer=given)
    assert not pages.requests


def test_at_most_four_addresses_are_asked(pages: Web) -> None:
    saved(issuer="https://nobody.example/realms/a/v1/token")
    assert len(pages.requests) <= 4
