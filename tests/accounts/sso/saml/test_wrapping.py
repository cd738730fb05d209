"""Signature wrapping (R21, T-xsw): the element that is read is the one that was signed, or there is no login."""

import base64
from collections.abc import Callable

import pytest
from lxml import etree

from tests.support import saml_wrapping
from tests.support.saml_messages import Element, encode, response
from tests.support.saml_reading import code, read

pytestmark = pytest.mark.usefixtures("no_outgoing_request")

SHAPES = {"saml-shape", "saml-duplicate-id", "saml-signature-shape"}
Wrap = Callable[[Element], Element]


def wrapped(wrap: Wrap, signed: str, vendor: str) -> str:
    original = etree.fromstring(base64.b64decode(response(vendor, signed=signed)))
    return encode(etree.tostring(wrap(original)))


@pytest.mark.parametrize("vendor", ["entra", "okta"])
@pytest.mark.parametrize("wrap", saml_wrapping.ASSERTION_SIGNED, ids=lambda wrap: wrap.__name__)
def test_a_wrapped_assertion_is_refused(wrap: Wrap, vendor: str) -> None:
    assert code(wrapped(wrap, "assertion", vendor), vendor) in {
        "saml-shape",
        "saml-duplicate-id",
        "saml-signature-shape",
    }


@pytest.mark.parametrize("vendor", ["entra", "okta"])
@pytest.mark.parametrize("wrap", saml_wrapping.RESPONSE_SIGNED, ids=lambda wrap: wrap.__name__)
def test_a_wrapped_response_is_refused(wrap: Wrap, vendor: str) -> None:
    assert code(wrapped(wrap, "response", vendor), vendor) in {
        "saml-shape",
        "saml-duplicate-id",
        "saml-signature-shape",
    }


@pytest.mark.parametrize("wrap", saml_wrapping.ASSERTION_SIGNED, ids=lambda wrap: wrap.__name__)
def test_a_wrapped_assertion_in_a_doubly_signed_response_is_refused(wrap: Wrap) -> None:
    assert code(wrapped(wrap, "both", "okta"), "okta").startswith("saml-")


def test_swapped_signatures_are_refused() -> None:
    assert code(wrapped(saml_wrapping.signatures_swapped, "both", "entra")) == "saml-signature-shape"


def test_a_signed_assertion_moved_into_another_response_is_read_and_the_envelope_gives_it_nothing() -> None:
    """The envelope is not signed, so an attacker may write it; only what the assertion says counts."""

    def rename(root: Element) -> None:
        root.set("ID", "_another")

    assert read(response(signed="assertion", edit_signed=rename)).name_id == "bob@acme.example"
