"""Advisories about what an XML signature covers, and by whose key: rows 7 to 10, 12 and 28."""

from collections.abc import Callable
from functools import partial

import pytest

from tests.advisories import forging
from tests.advisories.outside import refused_saml, reshaped, rewritten, signed_in_as
from tests.support.journeys import SamlJourney
from tests.support.saml_messages import DS, Edit, Element, adding, every, find, setting, writing
from tests.support.saml_shapes import SHAPES
from tests.support.saml_signing import Signing

pytestmark = pytest.mark.django_db
VICTIM = "alice@acme.example"
Change = Callable[[Element], None]


def entra_message(journey: SamlJourney) -> str:
    """As `tests.support.saml_shapes` expects it."""
    return journey.message(vendor="entra", name_id="bob@acme.example", assertion_id="_a1", signed="assertion")


def test_07_the_message_that_is_changed_here_signs_in_as_it_is(saml: SamlJourney) -> None:
    assert saml.log_in(signed="assertion").status_code == 303
    assert signed_in_as(saml.browser) == "dana@acme.example"


def test_07_no_form_that_parsers_differ_on_signs_anybody_in(saml: SamlJourney) -> None:
    for name, rewrite, _ in SHAPES:
        saml.start()
        assert refused_saml(saml, rewritten(entra_message(saml), rewrite)).startswith("saml-"), name


NAMESPACES: dict[str, tuple[bytes, bytes]] = {
    "a twin of Format in a namespace": (b"<saml2:NameID ", b'<saml2:NameID xmlns:x="urn:x" x:Format="x" '),
    "the prefix of the assertion bound to another": (b"<saml2:Subject ", b'<saml2:Subject xmlns:saml2="urn:x" x="'),
    "a twin of ID in a namespace": (b' ID="_a', b' xmlns:x="urn:x" x:ID="_r1" ID="_a'),
    "a twin of ID by letter case": (b' ID="_a', b' Id="_forged" ID="_a'),
    "a twin of ID by xml:id": (b' ID="_a', b' xml:id="_forged" ID="_a'),
    "a twin of ID by another encoding": (b' ID="_a', b' I\xcc\x87D="_forged" ID="_a'),
    "the Signature in a look-alike namespace": (b"xmldsig#", b"xmldsig"),
    "an XML declaration inside": (b"<saml2:Subject ", b'<?xml version="1.0"?><saml2:Subject '),
}


@pytest.mark.parametrize(("mark", "text"), NAMESPACES.values(), ids=NAMESPACES)
def test_07_namespaces_and_attributes_are_read_in_one_way(saml: SamlJourney, mark: bytes, text: bytes) -> None:
    saml.start()
    message = rewritten(saml.message(signed="assertion"), lambda xml: xml.replace(mark, text, 1))
    assert refused_saml(saml, message).startswith("saml-")


def test_07_the_order_of_attributes_makes_no_difference(saml: SamlJourney) -> None:
    """Canonical form sorts them, so the same message in another order is the same message."""

    def turned(root: Element) -> None:
        element = find(root, "//a:SubjectConfirmationData")
        items = list(element.attrib.items())
        element.attrib.clear()
        element.attrib.update(dict(reversed(items)))

    saml.start()
    assert saml.follow(saml.post(reshaped(saml.message(signed="assertion"), turned))).status_code == 303


@pytest.mark.parametrize("mark", [b"<saml2:Assertion", b"<saml2:Subject", b"<saml2p:Response"])
def test_08_a_relative_namespace_with_a_digest_of_nothing_is_refused(saml: SamlJourney, mark: bytes) -> None:
    saml.start()
    forged = reshaped(saml.message(signed="assertion"), forging.digest_of_nothing)
    broken = rewritten(forged, lambda xml: forging.relative_namespace(xml, mark))
    assert refused_saml(saml, broken).startswith("saml-")


@pytest.mark.parametrize("mark", [b"<ds:SignedInfo", b"<ds:Reference", b"<ds:Signature"])
def test_08_a_signed_info_that_has_no_canonical_form_is_refused(saml: SamlJourney, mark: bytes) -> None:
    saml.start()
    forged = reshaped(saml.message(signed="assertion"), forging.signature_over_nothing)
    broken = rewritten(forged, lambda xml: forging.relative_namespace(xml, mark))
    assert refused_saml(saml, broken).startswith("saml-")


@pytest.mark.parametrize("change", [forging.digest_of_nothing, forging.signature_over_nothing])
def test_08_a_signature_over_nothing_is_refused_by_itself(saml: SamlJourney, change: Change) -> None:
    saml.start()
    assert refused_saml(saml, reshaped(saml.message(signed="assertion"), change)) == "saml-signature"


@pytest.mark.parametrize("first", [True, False])
def test_09_a_second_signed_info_is_refused(saml: SamlJourney, first: bool) -> None:
    saml.start()
    change = partial(forging.second_signed_info, first=first)
    assert refused_saml(saml, reshaped(saml.message(signed="assertion"), change)) == "saml-signature-shape"


@pytest.mark.parametrize("first", [True, False])
def test_09_a_second_reference_is_refused_though_it_is_signed(saml: SamlJourney, first: bool) -> None:
    saml.start()
    change = partial(forging.second_reference, first=first)
    assert refused_saml(saml, reshaped(saml.message(signed="assertion"), change)) == "saml-shape"


def test_09_a_second_reference_to_the_same_assertion_is_refused(saml: SamlJourney) -> None:
    def doubled(root: Element) -> None:
        forging.second_reference(root, first=False)
        root.remove(find(root, "//a:Assertion[@ID='_forged']"))

    saml.start()
    assert refused_saml(saml, reshaped(saml.message(signed="assertion"), doubled)) == "saml-signature-shape"


@pytest.mark.parametrize("value", ["DigestValue", "SignatureValue", "X509Certificate", "SignedInfo", "Reference"])
@pytest.mark.parametrize("comment", [b"<!---->", b"<!--AAAA-->", b"<?x?>"])
def test_10_a_comment_in_a_signature_is_refused(saml: SamlJourney, value: str, comment: bytes) -> None:
    saml.start()
    start = b"<ds:" + value.encode()
    message = rewritten(saml.message(signed="assertion"), lambda xml: _after(xml, start, comment))
    assert refused_saml(saml, message) in {"saml-comment", "saml-processing-instruction"}


def _after(xml: bytes, start: bytes, text: bytes) -> bytes:
    """Right behind the tag that begins with `start`."""
    end = xml.index(b">", xml.index(start)) + 1
    return xml[:end] + text + xml[end:]


def test_10_a_digest_split_by_an_element_is_refused(saml: SamlJourney) -> None:
    saml.start()
    message = rewritten(saml.message(signed="assertion"), lambda xml: _after(xml, b"<ds:DigestValue", b"<x/>"))
    assert refused_saml(saml, message) == "saml-signature-shape"


READ: dict[str, Edit] = {
    "who it is": writing("//a:NameID", VICTIM),
    "the e-mail": writing("//a:Attribute[@Name='email']/a:AttributeValue", VICTIM),
    "the name of an attribute": setting("//a:Attribute[@Name='firstName']", "Name", "account_role"),
    "a group": writing("//a:Attribute[@Name='groups']/a:AttributeValue", "Admins"),
    "one more value": adding("//a:Attribute[@Name='groups']", "{urn:oasis:names:tc:SAML:2.0:assertion}AttributeValue"),
    "the audience": writing("//a:Audience", "https://other.example"),
    "the end": setting("//a:Conditions", "NotOnOrAfter", "2036-01-01T00:00:00Z"),
    "the recipient": setting("//a:SubjectConfirmationData", "Recipient", "https://other.example"),
    "the issuer": writing("//a:Assertion/a:Issuer", "https://other.example"),
    "the session": setting("//a:AuthnStatement", "SessionIndex", "another"),
    "the ID, in the reference too": every(
        setting("//a:Assertion", "ID", "_other"), setting("//ds:Reference", "URI", "#_other")
    ),
}


@pytest.mark.parametrize("signed", ["assertion", "response", "both"])
@pytest.mark.parametrize("edit", READ.values(), ids=READ)
def test_12_what_is_read_is_what_was_signed(saml: SamlJourney, edit: Edit, signed: str) -> None:
    saml.start()
    message = saml.message(signed=signed, edit_signed=edit)
    assert refused_saml(saml, message) in {"saml-signature", "saml-signature-shape"}


@pytest.mark.parametrize("shown", ["attacker", "idp"])
@pytest.mark.parametrize("signed", ["assertion", "response", "both"])
def test_28_a_certificate_in_the_message_is_not_believed(saml: SamlJourney, shown: str, signed: str) -> None:
    saml.start()
    message = saml.message(email=VICTIM, signed=signed, signing=Signing(key="attacker", shown_key=shown))
    assert refused_saml(saml, message) == "saml-signature"


KEYS: dict[str, tuple[str, dict[str, str]]] = {
    "KeyValue": (f"{{{DS}}}KeyValue", {}),
    "KeyName": (f"{{{DS}}}KeyName", {}),
    "RetrievalMethod": (f"{{{DS}}}RetrievalMethod", {"URI": "http://169.254.169.254/key"}),
}


@pytest.mark.parametrize(("tag", "attributes"), KEYS.values(), ids=KEYS)
def test_28_no_other_kind_of_key_in_the_message_is_believed(
    saml: SamlJourney, tag: str, attributes: dict[str, str]
) -> None:
    def show(root: Element) -> None:
        info = find(root, "//ds:KeyInfo")
        info.clear()
        adding("//ds:KeyInfo", tag)(root)
        info[0].attrib.update(attributes)

    saml.start()
    message = saml.message(email=VICTIM, signed="assertion", signing=Signing(key="attacker"), edit_signed=show)
    assert refused_saml(saml, message) == "saml-signature"
