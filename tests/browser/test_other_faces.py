"""The faces that the demo account does not use, with connections as an operator makes them."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from demo.company import AZURE_CLIENT_ID, GROUPS, OKTA_CLIENT_ID, OPERATIONS, TENANT_ID
from demo.faces import ENTRA_OIDC, ENTRA_SAML, OKTA_OIDC
from tests.browser.acme import Acme, row

pytestmark = pytest.mark.browser
SECRET = "STAND_IN_SECRET"


@pytest.fixture(scope="module")
def beta(acme: Acme) -> Acme:
    """Another account of the same installation, whose company has the same identity provider."""
    secret = Path(acme.environment["STATE_DIR"], "demo", "client-secret").read_text()
    known = Acme(acme.product, acme.idp, {**acme.environment, SECRET: secret}, acme.admin_password)
    known.command("create_account", "Beta", "--admin-email", "admin@beta.example")
    known.command("create_space", "Beta", "Trial")
    known.command("create_group", "Beta", OPERATIONS, "--idp-identifier", GROUPS[OPERATIONS])
    return known


def connect(beta: Acme, name: str, *options: str) -> str:
    """The address that goes straight to the new connection's IdP."""
    return str(beta.command("create_connection", "Beta", name, *options, "--live")["start_url"])


def sign_in(beta: Acme, page: Page, start_url: str, person: str) -> None:
    page.goto(start_url)
    page.get_by_role("button", name=person).click()
    beta.send(page)


def test_entra_by_saml(beta: Acme, page: Page) -> None:
    metadata = beta.idp + ENTRA_SAML.metadata_path
    start_url = connect(beta, "Entra SAML", "--vendor", "entra", "--protocol", "saml", "--metadata", metadata)
    sign_in(beta, page, start_url, "Bob Ek")
    expect(row(page, "Your spaces", "Trial")).to_contain_text("from the identity provider Entra SAML")


def test_okta_by_code(beta: Acme, page: Page) -> None:
    issuer = ("--issuer", beta.idp + OKTA_OIDC.issuer_path, "--client-id", OKTA_CLIENT_ID)
    kind = ("--vendor", "okta", "--protocol", "oidc", "--flow", "code", "--client-secret-env", SECRET)
    sign_in(beta, page, connect(beta, "Okta OIDC", *kind, *issuer), "Gus Grant")
    expect(row(page, "Your groups", OPERATIONS)).to_contain_text("from the identity provider Okta OIDC")


def test_entra_by_code_with_groups_too_many_for_the_token(beta: Acme, page: Page) -> None:
    issuer = ("--issuer", beta.idp + ENTRA_OIDC.issuer_path, "--client-id", AZURE_CLIENT_ID, "--tenant-id", TENANT_ID)
    kind = ("--vendor", "entra", "--protocol", "oidc", "--flow", "code", "--client-secret-env", SECRET)
    sign_in(beta, page, connect(beta, "Entra code", *kind, *issuer), "Ivan Ilic")
    expect(row(page, "Your groups", OPERATIONS)).to_contain_text("from the identity provider Entra code")
