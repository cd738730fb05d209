"""The eight known ways to wrap a signature, and others: a signed original somewhere, something forged to be read.

Each takes a rightly signed response and gives the forged one, as bytes. Numbers as in the literature: 1 and 2 wrap a
signed response, 3 to 8 a signed assertion.
"""

from copy import deepcopy

from lxml import etree

from tests.support.saml_messages import DS, SAML, SAMLP, Element, assertion, find

VICTIM = "alice@acme.example"


def forged(original: Element) -> Element:
    """A copy with the victim's name, another ID and no signature."""
    copy = deepcopy(original)
    copy.set("ID", "_forged")
    for signature in copy.findall(f"{{{DS}}}Signature"):
        copy.remove(signature)
    find(copy, ".//a:NameID").text = VICTIM
    return copy


def _signature(element: Element) -> Element:
    found = element.find(f"{{{DS}}}Signature")
    assert found is not None
    return found


def _unsigned(element: Element) -> Element:
    copy = deepcopy(element)
    copy.remove(_signature(copy))
    return copy


def xsw1(root: Element) -> Element:
    """The forged response carries the signature, which holds the original response after its own parts."""
    outer = forged(root)
    signature = deepcopy(_signature(root))
    signature.append(_unsigned(root))
    outer.insert(1, signature)
    return outer


def xsw2(root: Element) -> Element:
    """As 1, with the original before the signature, which is detached."""
    outer = forged(root)
    outer.insert(1, deepcopy(_signature(root)))
    outer.insert(1, _unsigned(root))
    return outer


def xsw3(root: Element) -> Element:
    """A forged assertion before the signed one."""
    assertion(root).addprevious(forged(assertion(root)))
    return root


def xsw4(root: Element) -> Element:
    """A forged assertion that holds the signed one."""
    original = assertion(root)
    outer = forged(original)
    root.replace(original, outer)
    outer.append(original)
    return root


def xsw5(root: Element) -> Element:
    """A forged assertion that carries the signature, and the original at the end."""
    original = assertion(root)
    outer = forged(original)
    outer.insert(1, deepcopy(_signature(original)))
    root.replace(original, outer)
    root.append(_unsigned(original))
    return root


def xsw6(root: Element) -> Element:
    """As 5, with the original inside the signature."""
    original = assertion(root)
    outer = forged(original)
    signature = deepcopy(_signature(original))
    signature.append(_unsigned(original))
    outer.insert(1, signature)
    root.replace(original, outer)
    return root


def xsw7(root: Element) -> Element:
    """A forged assertion inside Extensions, where the schema allows anything."""
    extensions = etree.Element(f"{{{SAMLP}}}Extensions")
    extensions.append(forged(assertion(root)))
    assertion(root).addprevious(extensions)
    return root


def xsw8(root: Element) -> Element:
    """A forged assertion whose signature holds the original inside an Object."""
    original = assertion(root)
    outer = forged(original)
    signature = deepcopy(_signature(original))
    etree.SubElement(signature, f"{{{DS}}}Object").append(_unsigned(original))
    outer.insert(1, signature)
    root.replace(original, outer)
    return root


def assertion_in_attribute_value(root: Element) -> Element:
    """The signed assertion hidden in a value of the forged one, under the same ID."""
    original = assertion(root)
    outer = forged(original)
    outer.set("ID", original.get("ID", ""))
    root.replace(original, outer)
    find(outer, ".//a:AttributeValue").append(original)
    return root


def assertion_in_another_namespace(root: Element) -> Element:
    """The signed assertion beside a look-alike in a namespace that a careless reader ignores."""
    copy = etree.tostring(forged(assertion(root))).replace(SAML.encode(), b"urn:oasis:names:tc:SAML:1.0:assertion")
    assertion(root).addprevious(etree.fromstring(copy))
    return root


def response_in_response(root: Element) -> Element:
    outer = forged(root)
    outer.append(deepcopy(root))
    return outer


def signatures_swapped(root: Element) -> Element:
    """Of a response signed twice: each signature in the other's place."""
    of_response, of_assertion = _signature(root), _signature(assertion(root))
    root.insert(1, of_assertion)
    assertion(root).insert(1, of_response)
    return root


def signature_of_the_assertion_on_the_response(root: Element) -> Element:
    """The assertion's signature moved up, so that its reference no longer names its parent."""
    root.insert(1, _signature(assertion(root)))
    find(root, "//a:NameID").text = VICTIM
    return root


def original_in_key_info(root: Element) -> Element:
    """KeyInfo is not looked at for a key; nor may it hold anything to be referenced."""
    original = assertion(root)
    outer = forged(original)
    signature = deepcopy(_signature(original))
    find(signature, "ds:KeyInfo").append(_unsigned(original))
    outer.insert(1, signature)
    root.replace(original, outer)
    return root


ASSERTION_SIGNED = (
    xsw3, xsw4, xsw5, xsw6, xsw7, xsw8, assertion_in_attribute_value, assertion_in_another_namespace,
    signature_of_the_assertion_on_the_response, original_in_key_info,
)  # fmt: skip
RESPONSE_SIGNED = (xsw1, xsw2, response_in_response)
