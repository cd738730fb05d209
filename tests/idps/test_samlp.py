"""Full SAML logins with npm's samlp, which here takes requests by POST only."""

from typing import Any

import pytest
import requests
from lxml import etree

from tests.idps.product import Product
from tests.idps.samlp_provider import Samlp
from tests.idps.test_simplesamlphp import assert_is_signed_in, person, shape
from tests.idps.visitor import Visitor

VARIANTS: dict[str, dict[str, Any]] = {
    "post-assertion-signed": {},
    "post-response-signed": {"signResponse": True},
    "post-request-signed": {},
}
SHAPES = {
    "post-assertion-signed": {"Assertion"},
    "post-response-signed": {"Response"},
    "post-request-signed": {"Assertion"},
}
CHECKS_REQUESTS = "post-request-signed"


@pytest.fixture(scope="module")
def connections(product: Product, samlp: Samlp) -> dict[str, dict[str, Any]]:
    product.command("create_group", "acme", "Posted", "--idp-identifier", "posted")
    made = {name: connect(product, samlp, name) for name in VARIANTS}
    samlp.people({name: {**person(name), "groups": ["posted"]} for name in VARIANTS})
    samlp.trust({made[name]["entity_id"]: service_provider(made[name], name) for name in VARIANTS})
    return made


def connect(product: Product, provider: Samlp, name: str) -> dict[str, Any]:
    options = ["--vendor", "okta", "--protocol", "saml", "--metadata", provider.metadata_url]
    options += ["--sign-requests"] if name == CHECKS_REQUESTS else []
    return product.command("create_connection", "acme", name, *options, "--domain", "acme.example", "--live")


def service_provider(connection: dict[str, Any], name: str) -> dict[str, Any]:
    checks = {"signingCert": signing_certificate(connection)} if name == CHECKS_REQUESTS else {}
    return {"acsUrl": connection["acs_url"], **VARIANTS[name], **checks}


def signing_certificate(connection: dict[str, Any]) -> str:
    metadata = etree.fromstring(requests.get(connection["metadata_url"], timeout=20).content)
    text = metadata.findtext(".//{*}KeyDescriptor[@use='signing']//{*}X509Certificate")
    return f"-----BEGIN CERTIFICATE-----\n{text.strip()}\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_person_signs_in_through_a_form(
    product: Product, connections: dict[str, dict[str, Any]], variant: str
) -> None:
    visitor = Visitor(product.origin, username=variant, password="secret")
    page = visitor.sign_in(connections[variant]["start_url"])
    assert page.status_code == 200, product.last_login()
    assert shape(visitor.sent["SAMLResponse"]) == SHAPES[variant]
    assert_is_signed_in(visitor, variant, "Posted")


def test_this_provider_takes_no_redirect(samlp: Samlp) -> None:
    assert requests.get(samlp.sso_url, params={"SAMLRequest": "x"}, timeout=20).status_code == 400
    assert "HTTP-Redirect" not in requests.get(samlp.metadata_url, timeout=20).text
