"""Signature wrapping of a posted LogoutRequest (R21): who is logged out is who the signature covers, or nobody."""

from collections.abc import Callable
from copy import deepcopy

import pytest
from lxml import etree

from accounts.sso.refusal import LoginRefused
from accounts.sso.saml import bindings as saml_bindings
from tests.support.saml_logout_messages import logout_message, read
from tests.support.saml_messages import DS, SAMLP, Element, encode, find
from tests.support.saml_signing import Signing, sign

pytestmark = pytest.mark.usefixtures("no_outgoing_request")

VICTIM = "alice@acme.example"
SHAPES = {"saml-shape", "saml-duplicate-id", "saml-signature-shape"}


def forged(original: Element, message_id: str = "_forged") -> Element:
    """A copy with the victim's name and no signature."""
    copy = deepcopy(original)
    copy.set("ID", message_id)
    copy.remove(find(copy, "ds:Signature"))
    find(copy, "a:NameID").text = VICTIM
    return copy


def unsigned(original: Element) -> Element:
    copy = deepcopy(original)
    copy.remove(find(copy, "ds:Signature"))
    return copy


def original_in_the_signature(root: Element) -> Element:
    outer, signature = forged(root), deepcopy(find(root, "ds:Signature"))
    signature.append(unsigned(root))
    outer.insert(1, signature)
    return outer


def original_in_an_object(root: Element) -> Element:
    outer, signature = forged(root), deepcopy(find(root, "ds:Signature"))
    etree.SubElement(signature, f"{{{DS}}}Object").append(unsigned(root))
    outer.insert(1, signature)
    return outer


def original_beside_its_signature(root: Element) -> Element:
    outer = forged(root)
    outer.insert(1, deepcopy(find(root, "ds:Signature")))
    outer.append(unsigned(root))
    return outer


def original_in_extensions(root: Element) -> Element:
    outer = forged(root)
    etree.SubElement(outer, f"{{{SAMLP}}}Extensions").append(deepcopy(root))
    return outer


def original_in_extensions_with_its_signature_outside(root: Element) -> Element:
    outer = forged(root)
    outer.insert(1, deepcopy(find(root, "ds:Signature")))
    etree.SubElement(outer, f"{{{SAMLP}}}Extensions").append(unsigned(root))
    return outer


def original_under_the_same_id(root: Element) -> Element:
    outer = forged(root, root.get("ID", ""))
    outer.insert(1, deepcopy(find(root, "ds:Signature")))
    find(outer, "a:NameID").append(unsigned(root))
    return outer


def signature_of_another_id(root: Element) -> Element:
    outer = forged(root)
    outer.insert(1, deepcopy(find(root, "ds:Signature")))
    return outer


def two_signatures(root: Element) -> Element:
    root.insert(1, deepcopy(find(root, "ds:Signature")))
    return root


WRAPS = [
    original_in_the_signature, original_in_an_object, original_beside_its_signature, original_in_extensions,
    original_in_extensions_with_its_signature_outside, original_under_the_same_id, signature_of_another_id,
    two_signatures,
]  # fmt: skip


@pytest.mark.parametrize("vendor", ["okta", "entra"])
@pytest.mark.parametrize("wrap", WRAPS, ids=lambda wrap: wrap.__name__)
def test_a_wrapped_request_is_refused(wrap: Callable[[Element], Element], vendor: str) -> None:
    original = logout_message(vendor)
    sign(original, Signing())
    message = saml_bindings.read_form({"SAMLRequest": encode(etree.tostring(wrap(original)))})
    with pytest.raises(LoginRefused) as caught:
        read(message, vendor)
    assert caught.value.code in SHAPES
