"""Messages made to be expensive, each filled up to the body limit: refused for less than 0.1 s of CPU (R23, R28).

Most stand inside a rightly signed message, so that they get as far as a message of theirs can: past the shape, and
past the key, as somebody can who has an honest assertion of their own and writes into it.
"""

import base64

import pytest
from lxml import etree

from tests.support.saml_encryption import AES256_CBC
from tests.support.saml_keys import key_pair
from tests.support.saml_messages import Element, encode, find, response
from tests.support.saml_reading import code
from tests.support.saml_signing import Signing

pytestmark = pytest.mark.usefixtures("no_outgoing_request")

LIMIT = 256 * 1024  # characters of base64
SIZE = LIMIT // 4 * 3 - 12_000  # bytes to fill, beside the message
PREFIXES = " ".join(f"n{number}" for number in range(6))
DS = b'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'


def filled(piece: bytes, before: bytes = b"", after: bytes = b"") -> bytes:
    return before + piece * ((SIZE - len(before) - len(after)) // len(piece)) + after


def numbered(pattern: str, size: int = SIZE) -> bytes:
    width = len(pattern % 99_999)
    return b"".join((pattern % number).encode() for number in range(10_000, 10_000 + size // width))


def namespaces(prefix: str, count: int) -> bytes:
    return "".join(
        f' xmlns:{prefix}{number}="u:{prefix}{number}" {prefix}{number}:a=""' for number in range(count)
    ).encode()


def nested(levels: int, declared: int, piece: bytes, outer: int = 0) -> bytes:
    """Elements inside each other, each with namespaces that it uses, around as many small ones as pass."""
    opening = b"<d" + namespaces("q", outer) + b">"
    opening += b"".join(b"<d" + namespaces(f"p{level}x", declared) + b">" for level in range(levels))
    closing = b"</d>" * (levels + 1)
    count = 4_850
    padding = b"x" * ((SIZE - len(opening) - len(closing)) // count - len(piece))
    return opening + (piece + padding) * count + closing


INSIDE_THE_ASSERTION: dict[str, bytes] = {
    "small elements": filled(b"<a/>"),
    "as many small elements as the gate lets through": (b"<a/>" + b"x" * 33) * 4_850,
    "attributes on every element": filled(b"<a " + b" ".join(b'b%d=""' % n for n in range(24)) + b"/>"),
    "attributes on one element": b"<a " + numbered('a%d="" ') + b"/>",
    "namespaces on one element": b"<a " + numbered('xmlns:a%d="a" ') + b"/>",
    "namespaces on many elements": filled(b"<a " + b" ".join(b'xmlns:n%d="a"' % n for n in range(12)) + b"/>"),
    "namespaces in use at every depth": nested(8, 3, b"<b/>"),
    "prefixes looked up from every depth": nested(8, 3, b'<b p0x0:c=""/>'),
    "namespaces of the outer elements": nested(8, 3, b'<b p0x0:c="" q0:d=""/>', 24),
    "more namespaces than the gate lets through": nested(8, 12, b"<b/>"),
    "depth": b"<a>" * (SIZE // 7) + b"</a>" * (SIZE // 7),
    "text": b"<a>" + b"x" * SIZE + b"</a>",
    "character references": filled(b"&#38;", b"<a>", b"</a>"),
    "white space": filled(b"\r\n", b"<a>", b"</a>"),
    "one long attribute": b'<a b="' + b"x" * SIZE + b'"/>',
    "IDs": numbered('<a ID="_%d"/>'),
    "equal IDs": filled(b'<a ID="_same"/>'),
    "a long ID": b'<a ID="' + b"x" * SIZE + b'"/>',
    "assertions": filled(b"<Assertion/>"),
    "signatures": filled(b"<ds:Signature " + DS + b"/>"),
    "audiences": filled(b"<Audience>a</Audience>"),
    "confirmations": filled(b"<SubjectConfirmation/>"),
    "comments": filled(b"<!---->"),
    "tags that never close": filled(b"<a"),
    "quotes": filled(b"'\""),
}  # fmt: skip


def message_with(flood: bytes, signing: Signing = Signing(prefixes=PREFIXES)) -> str:  # noqa: B008
    xml = base64.b64decode(response(signing=signing))
    message = encode(xml.replace(b"<Subject>", flood + b"<Subject>", 1))
    assert LIMIT * 0.2 < len(message) <= LIMIT
    return message


@pytest.mark.parametrize("flood", INSIDE_THE_ASSERTION.values(), ids=INSIDE_THE_ASSERTION)
def test_a_flood_inside_a_signed_assertion_is_refused_cheaply(flood: bytes) -> None:
    others = tuple(key_pair(f"other-{number}").certificate for number in range(3))
    assert code(message_with(flood), certificates=(*others, key_pair("idp").certificate)).startswith("saml-")


INSIDE_THE_SIGNATURE: dict[str, tuple[bytes, bytes]] = {
    "references": (b"</ds:SignedInfo>", filled(b'<ds:Reference URI="#_a1"/>')),
    "transforms": (b"</ds:Transforms>", filled(b'<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>')),
    "signed infos": (b"<ds:SignatureValue>", filled(b"<ds:SignedInfo/>")),
    "digest value": (b"</ds:DigestValue>", b"A" * SIZE),
    "signature value": (b"</ds:SignatureValue>", b"A" * SIZE),
    "certificates": (b"</ds:KeyInfo>", filled(b"<ds:X509Certificate>AAAA</ds:X509Certificate>")),
    "key names": (b"</ds:KeyInfo>", b"<ds:KeyName>" + b"x" * SIZE + b"</ds:KeyName>"),
    "prefix list": (b'n5"', b""),
}  # fmt: skip


@pytest.mark.parametrize(("mark", "flood"), INSIDE_THE_SIGNATURE.values(), ids=INSIDE_THE_SIGNATURE)
def test_a_flood_inside_the_signature_is_refused_cheaply(mark: bytes, flood: bytes) -> None:
    flood = flood or b" " + numbered("p%d ")
    xml = base64.b64decode(response(signing=Signing(prefixes=PREFIXES), edit_signed=_break))
    message = encode(xml.replace(mark, flood + mark, 1))
    assert LIMIT * 0.2 < len(message) <= LIMIT
    assert code(message).startswith("saml-")


def _break(root: Element) -> None:
    """KeyInfo is ignored, so that what fills it needs something else to be refused for."""
    find(root, "//a:NameID").text = "alice@acme.example"


@pytest.mark.parametrize("flood", [b"<a/>" * 2000, b"x" * 120_000], ids=["elements", "text"])
def test_a_flood_inside_the_encryption_is_refused_cheaply(flood: bytes) -> None:
    def pour(root: Element) -> None:
        find(root, "//a:Subject").append(etree.fromstring(b"<x>" + flood + b"</x>"))

    sp = key_pair("sp")
    message = response(signed="none", edit=pour, encrypted_for=sp.certificate, encryption={"algorithm": AES256_CBC})
    assert code(message, decryption_key=sp.private_pem) == "saml-unsigned"


def test_base64_of_nothing_but_line_ends_is_refused_cheaply() -> None:
    assert code("\r\n" * (LIMIT // 2)) == "saml-xml"


@pytest.mark.parametrize("noise", ["A", "/", "PGE+", "PGE "], ids=["zeros", "ones", "tags", "broken"])
def test_noise_at_the_limit_is_refused_cheaply(noise: str) -> None:
    assert code(noise * (LIMIT // len(noise))).startswith("saml-")
