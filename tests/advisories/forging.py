"""Signatures and messages that no honest provider makes, for the advisories that need more than one wrong value."""

import base64
import hashlib
from copy import deepcopy

from lxml import etree

from tests.support.saml_messages import SAML, SAMLP, Element, assertion, find
from tests.support.saml_signing import Signing, sign, signature_over
from tests.support.saml_wrapping import forged


def canonical(element: Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True)


def resigned(signature: Element, message: bytes | None = None) -> None:
    """Sign the SignedInfo as it is now, or other bytes in its place, with the provider's own key."""
    covered = canonical(find(signature, "ds:SignedInfo")) if message is None else message
    value = base64.b64encode(signature_over(covered, Signing())).decode()
    find(signature, "ds:SignatureValue").text = value


def digest_of_nothing(root: Element) -> None:
    """The provider's key over a digest of no bytes at all, as a failed canonicalization gives."""
    find(root, "//ds:DigestValue").text = base64.b64encode(hashlib.sha256(b"").digest()).decode()
    resigned(find(root, "//ds:Signature"))
    find(root, "//a:NameID").text = "alice@acme.example"


def signature_over_nothing(root: Element) -> None:
    """The provider's key over no bytes at all, in place of a SignedInfo that cannot be canonicalized."""
    resigned(find(root, "//ds:Signature"), b"")
    find(root, "//a:NameID").text = "alice@acme.example"


def second_signed_info(root: Element, *, first: bool) -> None:
    """A SignedInfo whose digest fits the victim's assertion, beside the one that was signed."""
    find(root, "//a:NameID").text = "alice@acme.example"
    unsigned = deepcopy(assertion(root))
    unsigned.remove(find(unsigned, "ds:Signature"))
    own = find(root, "//ds:SignedInfo")
    other = deepcopy(own)
    digest = hashlib.sha256(canonical(unsigned)).digest()
    find(other, ".//ds:DigestValue").text = base64.b64encode(digest).decode()
    (own.addprevious if first else own.addnext)(other)


def second_reference(root: Element, *, first: bool) -> None:
    """A second Reference, to a forged assertion of another ID; the provider's key has signed over both."""
    copy = forged(assertion(root))
    own = find(root, "//ds:Reference")
    other = deepcopy(own)
    other.set("URI", "#_forged")
    find(other, "ds:DigestValue").text = base64.b64encode(hashlib.sha256(canonical(copy)).digest()).decode()
    (own.addprevious if first else own.addnext)(other)
    resigned(find(root, "//ds:Signature"))
    assertion(root).addprevious(copy)


def signed_part(root: Element, tag: str) -> None:
    """The victim's assertion without a signature, beside a rightly signed element of no meaning."""
    original = assertion(root)
    part = etree.Element(tag, {"ID": "_part"}, nsmap={"p": SAMLP})
    etree.SubElement(part, f"{{{SAML}}}Issuer").text = "anything"
    sign(part, Signing())
    root.replace(original, forged(original))
    root.insert(1, part)


def signed_inside(root: Element, path: str) -> None:
    """The victim's assertion without a signature, and a signed element somewhere inside it."""
    outer = forged(assertion(root))
    root.replace(assertion(root), outer)
    inner = find(outer, path)
    inner.set("ID", "_inner")
    etree.SubElement(inner, f"{{{SAML}}}Issuer").text = "anything"
    sign(inner, Signing())


def relative_namespace(xml: bytes, mark: bytes) -> bytes:
    """A namespace that is no absolute address, on the element that begins with `mark`."""
    return xml.replace(mark, mark + b' xmlns:q="q" q:a=""', 1)
