"""Advisories about which element is read: rows 11, 14, 15 and 20."""

from collections.abc import Callable
from copy import deepcopy
from functools import partial

import pytest
from lxml import etree

from accounts.models import UnrecordedRefusals
from tests.advisories import forging
from tests.advisories.outside import refused_saml, reshaped, signed_in_as
from tests.support import saml_wrapping
from tests.support.journeys import SamlJourney
from tests.support.saml_encryption import encrypt
from tests.support.saml_keys import key_pair
from tests.support.saml_messages import DS, SAML, SAMLP, Element, assertion, find
from tests.support.saml_signing import Signing, sign
from tests.support.saml_wrapping import forged

pytestmark = pytest.mark.django_db
Wrap = Callable[[Element], Element | None]


def test_11_the_message_that_is_wrapped_here_signs_in_as_it_is(saml: SamlJourney) -> None:
    assert saml.log_in(email="alice@acme.example", signed="both").status_code == 303
    assert signed_in_as(saml.browser) == "alice@acme.example"


@pytest.mark.parametrize("signed", ["assertion", "both"])
@pytest.mark.parametrize("wrap", saml_wrapping.ASSERTION_SIGNED, ids=lambda wrap: wrap.__name__)
def test_11_a_wrapped_assertion_is_refused(saml: SamlJourney, wrap: Wrap, signed: str) -> None:
    saml.start()
    assert refused_saml(saml, reshaped(saml.message(signed=signed), wrap)).startswith("saml-")


@pytest.mark.parametrize("signed", ["response", "both"])
@pytest.mark.parametrize("wrap", saml_wrapping.RESPONSE_SIGNED, ids=lambda wrap: wrap.__name__)
def test_11_a_wrapped_response_is_refused(saml: SamlJourney, wrap: Wrap, signed: str) -> None:
    saml.start()
    assert refused_saml(saml, reshaped(saml.message(signed=signed), wrap)).startswith("saml-")


def test_11_a_wrapped_answer_that_the_identity_provider_starts_is_refused(saml: SamlJourney) -> None:
    saml.connection.allow_idp_initiated = True
    saml.connection.save()
    message = reshaped(saml.message(signed="assertion", request_id=""), saml_wrapping.xsw3)
    assert refused_saml(saml, message, relay_state="") == ""  # counted: no known sign-in, no good signature
    assert UnrecordedRefusals.objects.get(connection=saml.connection).reason.startswith("saml-")


PARTS = (f"{{{SAMLP}}}Extensions", f"{{{SAMLP}}}Status", f"{{{SAML}}}Issuer", f"{{{SAML}}}Advice", f"{{{DS}}}Object")


@pytest.mark.parametrize("tag", PARTS, ids=lambda tag: tag.rpartition("}")[2])
def test_14_a_signed_part_beside_a_forged_assertion_is_refused(saml: SamlJourney, tag: str) -> None:
    saml.start()
    message = reshaped(saml.message(signed="none"), partial(forging.signed_part, tag=tag))
    assert refused_saml(saml, message).startswith("saml-")


@pytest.mark.parametrize("path", ["a:Subject", "a:Conditions", "a:AttributeStatement", ".//a:AttributeValue"])
def test_14_a_signed_part_inside_a_forged_assertion_is_refused(saml: SamlJourney, path: str) -> None:
    saml.start()
    message = reshaped(saml.message(signed="none"), partial(forging.signed_inside, path=path))
    assert refused_saml(saml, message).startswith("saml-")


def test_14_a_signed_extensions_that_holds_the_real_assertion_is_refused(saml: SamlJourney) -> None:
    def hidden(root: Element) -> None:
        original = assertion(root)
        extensions = etree.Element(f"{{{SAMLP}}}Extensions", ID="_ext")
        etree.SubElement(extensions, f"{{{SAML}}}Issuer").text = "anything"
        extensions.append(deepcopy(original))
        sign(extensions, Signing())
        root.replace(original, forged(original))
        root.insert(1, extensions)

    saml.start()
    assert refused_saml(saml, reshaped(saml.message(signed="assertion"), hidden)) == "saml-shape"


def before(root: Element) -> None:
    assertion(root).addprevious(forged(assertion(root)))


def behind(root: Element) -> None:
    assertion(root).addnext(forged(assertion(root)))


def first_of_all(root: Element) -> None:
    root.insert(0, forged(assertion(root)))


def inside_the_signed_one(root: Element) -> None:
    find(root, "//a:AttributeStatement").append(forged(assertion(root)))


def inside_the_status(root: Element) -> None:
    etree.SubElement(find(root, "//p:Status"), f"{{{SAMLP}}}StatusDetail").append(forged(assertion(root)))


def around_the_response(root: Element) -> Element:
    outer = etree.Element(f"{{{SAMLP}}}Response", dict(root.attrib))
    outer.set("ID", "_outer")
    outer.extend([forged(assertion(root)), root])
    return outer


PLACES: tuple[Wrap, ...] = (
    before, behind, first_of_all, inside_the_signed_one, inside_the_status, around_the_response
)  # fmt: skip


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_15_an_unsigned_assertion_beside_the_signed_one_is_refused(saml: SamlJourney, place: Wrap) -> None:
    saml.start()
    assert refused_saml(saml, reshaped(saml.message(signed="assertion"), place)) == "saml-shape"


def test_15_the_first_of_two_with_one_id_is_not_taken(saml: SamlJourney) -> None:
    def twin(root: Element) -> None:
        copy = forged(assertion(root))
        copy.set("ID", assertion(root).get("ID", ""))
        assertion(root).addprevious(copy)

    saml.start()
    assert refused_saml(saml, reshaped(saml.message(signed="assertion"), twin)) == "saml-duplicate-id"


def sealed(root: Element) -> Element:
    """The victim's assertion, encrypted for us: anybody can, the certificate is public."""
    copy = deepcopy(root)
    own = assertion(copy)
    copy.replace(own, forged(own))
    encrypt(assertion(copy), key_pair("sp").certificate)
    return find(copy, "//a:EncryptedAssertion")


def injected_before(root: Element) -> None:
    assertion(root).addprevious(sealed(root))


def injected_behind(root: Element) -> None:
    assertion(root).addnext(sealed(root))


def injected_inside(root: Element) -> None:
    find(root, "//a:Advice|//a:AttributeStatement").append(sealed(root))


def injected_into_extensions(root: Element) -> None:
    extensions = etree.Element(f"{{{SAMLP}}}Extensions")
    extensions.append(sealed(root))
    root.insert(1, extensions)


def injected_instead(root: Element) -> None:
    root.replace(assertion(root), sealed(root))


INJECTIONS: tuple[Wrap, ...] = (
    injected_before, injected_behind, injected_inside, injected_into_extensions, injected_instead
)  # fmt: skip


@pytest.mark.parametrize("signed", ["assertion", "response", "both"])
@pytest.mark.parametrize("inject", INJECTIONS, ids=lambda inject: inject.__name__)
def test_20_an_injected_encrypted_assertion_is_refused(saml: SamlJourney, inject: Wrap, signed: str) -> None:
    saml.start()
    message = reshaped(saml.message(signed=signed), inject)
    assert refused_saml(saml, message) in {"saml-shape", "saml-signature", "saml-unsigned"}


@pytest.mark.parametrize("key", ["", "attacker"])
def test_20_an_encrypted_assertion_needs_the_providers_signature_inside(saml: SamlJourney, key: str) -> None:
    """Also where the connection accepts the response's signature over the encryption."""
    saml.connection.accept_response_signature_over_encryption = True
    saml.connection.save()
    saml.start()
    options = {"signed": "assertion", "signing": Signing(key=key)} if key else {"signed": "none"}
    message = saml.message(email="alice@acme.example", encrypted_for=key_pair("sp").certificate, **options)
    assert refused_saml(saml, message) in {"saml-signature", "saml-unsigned"}
