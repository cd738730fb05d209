"""PURE. The shapes in which people give certificates, and what they give instead: all of them to DER, or to a sentence.

Nothing of a private key is kept, quoted or logged.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from functools import partial

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, load_der_private_key, load_der_public_key, pkcs7

# Hyphens are counted and none is inside, so that a megabyte of them is looked at once.
_PEM = re.compile(r"-{2,12} ?BEGIN (?:X509 |TRUSTED )?CERTIFICATE ?-{2,12}([^-]*)-{2,12} ?END")
_PKCS7 = re.compile(r"-{2,12} ?BEGIN (?:PKCS ?#?7|CMS) ?-{2,12}([^-]*)-{2,12} ?END")
_ELEMENT = re.compile(r"<(?:\w+:)?X509Certificate\b[^>]*>([^<]*)</")
# No whole document: in metadata it would have to be seen which of them sign.
_XML = re.compile(r"\s*<(?:\w+:)?(?:X509Certificate|X509Data|KeyInfo)\b")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
_PIECE = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_FINGERPRINT = re.compile(r"(?:[0-9A-Fa-f]{2}[:\s-]?){19,31}[0-9A-Fa-f]{2}")
_LINE_BREAKS = ("\\r\\n", "\\n", "\\r", "&#13;", "&#xD;", "&#10;", "&#xA;")
# What a word processor makes of hyphens; an em dash stands for two.
_DASHES = str.maketrans({"–": "-", "—": "--", "−": "-", "‑": "-"})
_DER = (b"\x30\x80", b"\x30\x81", b"\x30\x82", b"\x30\x83")
_WHERE = "Download the signing certificate as “Base64” from the identity provider."
PRIVATE_KEY = "Expected a certificate (public); received a private key. Do not send that to anybody."

# What the text names itself as -> what it is.
_OTHERS = tuple(
    (re.compile(pattern), what)
    for pattern, what in (
        (r"-BEGIN (?:NEW )?CERTIFICATE REQUEST", "a certificate request (CSR)"),
        (
            r"-BEGIN (?:RSA |EC |SSH2 )?PUBLIC KEY|^\s*(?:ssh|ecdsa)-[a-z0-9-]+ A",
            "a public key without its certificate",
        ),
        (r"-BEGIN CERTIFICATE", "the beginning of one without its end"),
        (r"-END CERTIFICATE", "the end of one without its beginning"),
        (r"^\s*<", "XML: if it is metadata, give it as a metadata file"),
        (r"^\s*[{\[]", "JSON"),
    )
)


class Unreadable(ValueError):
    """A sentence about a text that holds no certificate."""


def text_of(content: bytes) -> str:
    """The text of a file, whatever program saved it; of a binary file (DER, .p7b) its base64."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    if content[:2] in _DER:
        return base64.b64encode(content).decode()
    if content[1:2] == b"\x00" or content[:1] == b"\x00":  # UTF-16 without its mark
        return content.decode("utf-16-le" if content[1:2] == b"\x00" else "utf-16-be", "replace").replace("\x00", "")
    return content.decode("utf-8-sig", "replace").replace("\x00", "")


def holds_private_key(text: str) -> bool:
    """Also in base64 without a header."""
    if "PRIVATE KEY" in text:
        return True
    plain = _plain(text)
    return bool(_BASE64.fullmatch(plain)) and _is(partial(load_der_private_key, password=None), _decoded(plain))


def der_certificates(text: str) -> list[bytes]:
    """The certificates of PEM, PKCS#7, bare base64 or an XML element, one or several. Raises Unreadable.

    That each can be read is for the caller to see.
    """
    if holds_private_key(text):
        raise Unreadable(PRIVATE_KEY)
    plain = _plain(text)
    bodies = _PEM.findall(plain) or _PKCS7.findall(plain) or (_ELEMENT.findall(plain) if _XML.match(plain) else [])
    if not bodies and _BASE64.fullmatch(plain) and plain.strip() and not _FINGERPRINT.fullmatch(plain.strip()):
        bodies = [plain]
    if not bodies:
        raise Unreadable(_what_it_is(plain))
    return [der for body in bodies for der in _certificates_in(_decoded(body))]


def _plain(text: str) -> str:
    """Without marks that cannot be seen, with line breaks and hyphens as they were before a program changed them."""
    for written in _LINE_BREAKS:
        text = text.replace(written, "\n")
    return "".join(char for char in text.translate(_DASHES) if char.isprintable() or char in "\r\n\t")


def _decoded(body: str) -> bytes:
    """Of base64, also of several texts one after the other, each with its padding; empty for what is none."""
    text = "".join(body.split())
    pieces = _PIECE.findall(text)
    try:
        return b"".join(base64.b64decode(piece, validate=True) for piece in pieces) if "".join(pieces) == text else b""
    except binascii.Error:
        return b""


def _certificates_in(der: bytes) -> list[bytes]:
    found = list(_sequences(der)) or [der]
    if len(found) == 1 and not _is(x509.load_der_x509_certificate, der):
        return _others_in(der)
    return found


def _others_in(der: bytes) -> list[bytes]:
    """Of PKCS#7. What is something else is named; what cannot be read is left as it is. Raises Unreadable."""
    try:
        return [each.public_bytes(Encoding.DER) for each in pkcs7.load_der_pkcs7_certificates(der)]
    except (ValueError, UnsupportedAlgorithm):
        pass
    if b"\x02\x01\x03\x30" in der[:12]:
        raise Unreadable(
            "Expected a certificate; received a key store (PKCS#12, .pfx), which may hold a private key. Do not send"
            f" that to anybody. {_WHERE}"
        )
    for load, what in _LOADERS:
        if _is(load, der):
            raise Unreadable(f"Expected a certificate; received {what}. {_WHERE}")
    return [der]


def _sequences(der: bytes) -> Iterator[bytes]:
    """DER values one after the other (X.690 8.1.3); the rest as it is where no length fits."""
    while der:
        size = _size(der)
        yield der[:size]
        der = der[size:]


def _size(der: bytes) -> int:
    octets = der[1] & 0x7F if len(der) > 1 and der[1] & 0x80 else 0
    if der[:1] != b"\x30" or not 1 <= octets <= 4 or len(der) < 2 + octets:
        return len(der)
    return min(2 + octets + int.from_bytes(der[2 : 2 + octets]), len(der))


def _is(load: Callable[[bytes], object], der: bytes) -> bool:
    try:
        load(der)
    except TypeError:  # a private key under a password
        return True
    except (ValueError, UnsupportedAlgorithm):
        return False
    return True


_LOADERS: tuple[tuple[Callable[[bytes], object], str], ...] = (
    (x509.load_der_x509_csr, "a certificate request (CSR)"),
    (load_der_public_key, "a public key without its certificate"),
    (x509.load_der_x509_crl, "a list of revoked certificates (CRL)"),
)


def _what_it_is(text: str) -> str:
    begins = "Expected a certificate that begins with -----BEGIN CERTIFICATE-----; received"
    if not text.strip():
        return f"{begins} nothing."
    if _FINGERPRINT.fullmatch(text.strip()):
        return f"{begins} a fingerprint, from which no certificate can be made. {_WHERE}"
    what = next((what for pattern, what in _OTHERS if pattern.search(text)), "other text")
    return f"{begins} {what}. Download it as “Base64” from the identity provider."
