"""Full SAML logins with SimpleSAMLphp, once for each way of signing and encrypting."""

import base64
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from lxml import etree

from tests.idps.product import Product
from tests.idps.simplesamlphp import SimpleSamlPhp
from tests.idps.visitor import Visitor

RESPONSE, ASSERTION = {"saml20.sign.response": True}, {"saml20.sign.assertion": True}
NO_RESPONSE, NO_ASSERTION = {"saml20.sign.response": False}, {"saml20.sign.assertion": False}
VARIANTS: dict[str, dict[str, Any]] = {
    "response-signed": RESPONSE | NO_ASSERTION,
    "assertion-signed": NO_RESPONSE | ASSERTION,
    "both-signed": RESPONSE | ASSERTION,
    "encrypted": RESPONSE | ASSERTION | {"assertion.encryption": True},
    "encrypted-alone": NO_RESPONSE | ASSERTION | {"assertion.encryption": True},
    "request-signed": RESPONSE | ASSERTION | {"validate.authnrequest": True},
}
# What is to be seen in the message: elements with a signature, and whether the assertion is in the clear.
SHAPES = {
    "response-signed": {"Response"},
    "assertion-signed": {"Assertion"},
    "both-signed": {"Response", "Assertion"},
    "encrypted": {"Response", "EncryptedAssertion"},
    "encrypted-alone": {"EncryptedAssertion"},
    "request-signed": {"Response", "Assertion"},
}
OPTIONS = {"request-signed": ["--sign-requests"], "both-signed": ["--allow-idp-initiated"]}


def person(name: str) -> dict[str, list[str]]:
    return {
        "uid": [name],
        "email": [f"{name}@acme.example"],
        "firstName": [name.title()],
        "groups": ["developers", "nobody-mapped-this"],
        "space_name": ["Mars"],
        "space_role": ["Space Developer"],
    }


@pytest.fixture(scope="module")
def connections(product: Product, simplesamlphp: SimpleSamlPhp) -> dict[str, dict[str, Any]]:
    """A connection for each variant, known on both sides: ours from its metadata, theirs from ours."""
    product.command("create_group", "acme", "Developers", "--idp-identifier", "developers")
    made = {name: connect(product, simplesamlphp, name) for name in VARIANTS}
    simplesamlphp.people({f"{name}:secret": person(name) for name in VARIANTS})
    simplesamlphp.trust({made[name]["entity_id"]: service_provider(made[name], VARIANTS[name]) for name in VARIANTS})
    return made


def connect(product: Product, provider: SimpleSamlPhp, name: str) -> dict[str, Any]:
    vendor = ["--vendor", "okta", "--protocol", "saml", "--metadata", provider.metadata_url]
    options = ["--domain", "acme.example", "--live", *OPTIONS.get(name, [])]
    return product.command("create_connection", "acme", name, *vendor, *options)


def service_provider(connection: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    metadata = etree.fromstring(requests.get(connection["metadata_url"], timeout=20).content)
    certificate = metadata.findtext(".//{*}KeyDescriptor[@use='encryption']//{*}X509Certificate")
    own = {"AssertionConsumerService": connection["acs_url"], "certData": "".join((certificate or "").split())}
    return {"entityid": connection["entity_id"], **own, **options}


def shape(message: str) -> set[str]:
    """Names of the elements that carry a signature, and of an encrypted assertion."""
    response = etree.fromstring(base64.b64decode(message))
    signed = {etree.QName(signature.getparent()).localname for signature in response.iterfind(".//{*}Signature")}
    encrypted = response.find("{*}EncryptedAssertion") is not None
    return signed | ({"EncryptedAssertion"} if encrypted else set())


def assert_is_signed_in(visitor: Visitor, name: str, group: str = "Developers") -> None:
    me = visitor.me()
    assert me["email"] == f"{name}@acme.example"
    assert [(space["space"], space["roles"]) for space in me["spaces"]] == [("Mars", ["Space Developer"])]
    assert [entry["group"] for entry in me["groups"]] == [group]


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_person_signs_in(product: Product, connections: dict[str, dict[str, Any]], variant: str) -> None:
    visitor = Visitor(product.origin, username=variant, password="secret")
    page = visitor.sign_in(connections[variant]["start_url"])
    assert page.status_code == 200, product.last_login()
    assert shape(visitor.sent["SAMLResponse"]) == SHAPES[variant]
    assert_is_signed_in(visitor, variant)


def test_a_sign_in_may_begin_at_the_identity_provider(
    product: Product, simplesamlphp: SimpleSamlPhp, connections: dict[str, dict[str, Any]]
) -> None:
    visitor = Visitor(product.origin, username="both-signed", password="secret")
    entity_id = connections["both-signed"]["entity_id"]
    visitor.sign_in(f"{simplesamlphp.url}/saml2/idp/SSOService.php?{urlencode({'spentityid': entity_id})}")
    assert_is_signed_in(visitor, "both-signed")


def test_a_connection_that_does_not_allow_it_refuses_such_a_beginning(
    product: Product, simplesamlphp: SimpleSamlPhp, connections: dict[str, dict[str, Any]]
) -> None:
    visitor = Visitor(product.origin, username="encrypted", password="secret")
    entity_id = connections["encrypted"]["entity_id"]
    page = visitor.sign_in(f"{simplesamlphp.url}/saml2/idp/SSOService.php?{urlencode({'spentityid': entity_id})}")
    assert page.status_code == 403
