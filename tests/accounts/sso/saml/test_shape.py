"""Forms that two XML parsers read in two ways (R23, CVE-2025-25291, CVE-2025-25292, CVE-2025-29775): all refused."""

import base64
import codecs

import pytest

from tests.support.saml_messages import encode, response
from tests.support.saml_reading import code, read
from tests.support.saml_shapes import SHAPES, Rewrite

pytestmark = pytest.mark.usefixtures("no_outgoing_request")


def good(signed: str = "assertion") -> bytes:
    return base64.b64decode(response("entra", signed=signed))


@pytest.mark.parametrize(("rewrite", "expected"), [row[1:] for row in SHAPES], ids=[row[0] for row in SHAPES])
def test_a_form_that_parsers_differ_on_is_refused(rewrite: Rewrite, expected: str) -> None:
    xml = good()
    assert rewrite(xml) != xml
    assert code(encode(rewrite(xml))) == expected


@pytest.mark.parametrize("text", ["no base64!", "****", "a", "ÄÖÜ", "", "AAAA\x00"])
def test_what_is_no_base64_is_refused(text: str) -> None:
    assert code(text) in {"saml-base64", "saml-xml"}


def test_a_message_over_the_limit_is_refused_before_it_is_decoded() -> None:
    assert code("A" * 101, message_limit=100) == "saml-size"


def test_a_byte_order_mark_and_a_declaration_change_nothing() -> None:
    xml = codecs.BOM_UTF8 + b'<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n' + good()
    assert read(encode(xml)).name_id == "bob@acme.example"


def test_a_character_reference_is_the_character() -> None:
    """Java providers end the lines of a signature with a reference to a carriage return."""
    xml = good().replace(b"</ds:SignatureValue>", b"&#13;\n</ds:SignatureValue>")
    assert read(encode(xml)).name_id == "bob@acme.example"
