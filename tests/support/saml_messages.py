"""Makes SAML responses as identity providers do, and as no honest one would: every part can be wrong on purpose.

Its signatures are made by hand from the standard, with nothing of the product, so that a mistake there shows here.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Template
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from tests.support.saml_encryption import encrypt
from tests.support.saml_signing import Signing, sign
from tests.support.secrets_in_logs import secret

PAYLOADS = Path(__file__).parents[1] / "payloads"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
DS = "http://www.w3.org/2000/09/xmldsig#"
NAMESPACES = {"a": SAML, "p": SAMLP, "ds": DS}

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ACS_URL = "http://localhost:8000/api/accounts/acme/saml/11111111-1111-4111-8111-111111111111/acs"
SP_ENTITY_ID = "http://localhost:8000/api/accounts/acme/saml/11111111-1111-4111-8111-111111111111/metadata"
REQUEST_ID = "id7700000000000000000000000000000000000077"
ISSUERS = {
    "entra": "https://sts.windows.net/5d1f8a52-0c35-4a0e-8ef6-2ad9b0a5b001/",
    "okta": "http://www.okta.com/exk1fcia6d6EMsf331d8",
}

Element = etree._Element
Edit = Callable[[Element], object]


def response(
    vendor: str = "entra",
    shape: str = "response",
    *,
    signed: str | None = None,
    signing: Signing = Signing(),  # noqa: B008  frozen
    encrypted_for: str = "",
    encryption: Mapping[str, Any] | None = None,
    attributes: Mapping[str, Sequence[str]] | None = None,
    edit: Edit | None = None,
    edit_signed: Edit | None = None,
    **fields: str | datetime,
) -> str:
    """A `SAMLResponse`. `signed`: "assertion", "response", "both" or "none"; default: as the vendor does.

    `edit` changes the tree before it is signed, `edit_signed` after. `encrypted_for`: PEM certificate.
    `attributes` adds to or replaces those of the shape. `fields`: see `values`.
    """
    root = unsigned(vendor, shape, **fields)
    for name, texts in (attributes or {}).items():
        set_attribute(root, name, texts)
    if edit:
        edit(root)
    signed = signed if signed is not None else {"entra": "assertion", "okta": "both"}[vendor]
    if signed in ("assertion", "both"):
        sign(assertion(root), signing)
    if encrypted_for:
        encrypt(assertion(root), encrypted_for, **(encryption or {}))
    if signed in ("response", "both"):
        sign(root, signing)
    if edit_signed:
        edit_signed(root)
    return encode(etree.tostring(root))


def encode(xml: bytes) -> str:
    return secret(base64.b64encode(xml).decode())


def unsigned(vendor: str, shape: str = "response", **fields: str | datetime) -> Element:
    template = Template((PAYLOADS / vendor / "saml" / f"{shape}.xml").read_text().strip())
    filled = template.substitute({name: escape(value) for name, value in values(vendor, **fields).items()})
    return etree.fromstring(filled.encode())


def values(vendor: str, now: datetime = NOW, **fields: str | datetime) -> dict[str, str]:
    """What the placeholders stand for: the vendor's usual times and names, and what `fields` sets instead."""
    usual: dict[str, str | datetime] = {
        "response_id": "_r1",
        "assertion_id": "_a1",
        "request_id": REQUEST_ID,
        "acs_url": ACS_URL,
        "sp_entity_id": SP_ENTITY_ID,
        "issuer": ISSUERS[vendor],
        "name_id": "bob@acme.example",
        "name_id_format": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
        "issued_at": now,
        "begins_at": now - timedelta(minutes=0 if vendor == "entra" else 5),
        "ends_at": now + timedelta(minutes=70 if vendor == "entra" else 5),
        "confirmation_ends_at": now + timedelta(minutes=5),
    }
    return {name: _written(value) for name, value in {**usual, **fields}.items()}


def _written(value: str | datetime) -> str:
    return value if isinstance(value, str) else value.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def assertion(root: Element) -> Element:
    found = root.find(f"{{{SAML}}}Assertion")
    assert found is not None
    return found


def find(root: Element, path: str) -> Element:
    """By XPath with the prefixes a (assertion), p (protocol) and ds (signature)."""
    found = root.xpath(path, namespaces=NAMESPACES)
    assert isinstance(found, list)
    assert found, f"no {path}"
    return found[0]


def setting(path: str, name: str, value: str | datetime | None) -> Edit:
    """An edit that sets, or with None takes away, an XML attribute."""

    def edit(root: Element) -> None:
        element = find(root, path)
        if value is None:
            del element.attrib[name]
        else:
            element.set(name, _written(value))

    return edit


def writing(path: str, text: str) -> Edit:
    def edit(root: Element) -> None:
        find(root, path).text = text

    return edit


def removing(path: str) -> Edit:
    def edit(root: Element) -> None:
        element = find(root, path)
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)

    return edit


def adding(path: str, tag: str) -> Edit:
    """An edit that puts a new element of this name into the element."""
    return lambda root: etree.SubElement(find(root, path), tag)


def repeating(path: str) -> Edit:
    """An edit that puts a copy beside the element."""

    def edit(root: Element) -> None:
        element = find(root, path)
        element.addnext(etree.fromstring(etree.tostring(element, with_tail=False)))

    return edit


def every(*edits: Edit) -> Edit:
    def edit(root: Element) -> None:
        for one in edits:
            one(root)

    return edit


NO_REQUEST = every(
    setting("/p:Response", "InResponseTo", None), setting("//a:SubjectConfirmationData", "InResponseTo", None)
)


def set_attribute(root: Element, name: str, texts: Sequence[str]) -> None:
    statement = find(root, "//a:AttributeStatement")
    for old in [item for item in statement if item.get("Name") == name]:
        statement.remove(old)
    attribute = etree.SubElement(statement, f"{{{SAML}}}Attribute", {"Name": name})
    for text in texts:
        etree.SubElement(attribute, f"{{{SAML}}}AttributeValue").text = text
