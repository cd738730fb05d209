"""Every shape in which people give certificates, and everything they give instead."""

import base64
import json
import textwrap
import time
from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs7,
    pkcs12,
)
from hypothesis import given
from hypothesis import strategies as some

from accounts.connections.certificates.certificates import CertificateError, fingerprint, stored_certificates
from accounts.connections.certificates.shapes import text_of
from accounts.connections.provider.saml_metadata import read_metadata
from tests.accounts.connections.provider.test_saml_metadata import certificate as element
from tests.accounts.connections.provider.test_saml_metadata import entity
from tests.support.saml_keys import key_pair

ONE, TWO = key_pair("idp").certificate, key_pair("idp-next").certificate
BODY, OTHER = key_pair("idp").body, key_pair("idp-next").body
PARSED = [x509.load_pem_x509_certificate(pem.encode()) for pem in (ONE, TWO)]
DER = PARSED[0].public_bytes(Encoding.DER)
KEY = key_pair("idp").private_key
BAG = "Bag Attributes\n    localKeyID: 01 00 00 00\nsubject=/CN=idp\nissuer=/CN=idp\n"

TEXTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "line breaks as two characters": (ONE.replace("\n", "\\n"), (ONE,)),
    "CR and LF as four characters": (ONE.replace("\n", "\\r\\n"), (ONE,)),
    "a JSON string": (json.dumps(ONE), (ONE,)),
    "bare base64 with line breaks as two characters": ("\\n".join(textwrap.wrap(BODY, 64)), (ONE,)),
    "CRLF": (ONE.replace("\n", "\r\n"), (ONE,)),
    "one line": (ONE.replace("\n", " "), (ONE,)),
    "a mark of the byte order": ("\ufeff" + ONE, (ONE,)),
    "bare base64 with that mark": ("\ufeff" + BODY, (ONE,)),
    "characters that cannot be seen": (f"\u200b{BODY[:50]}\u200b{BODY[50:]}\u2060", (ONE,)),
    "two, one after the other": (ONE + TWO, (ONE, TWO)),
    "two without a header": (f"{BODY}\n\n{OTHER}", (ONE, TWO)),
    "two without a header or a gap": (BODY + OTHER, (ONE, TWO)),
    "lines of openssl before": (BAG + ONE + BAG + TWO, (ONE, TWO)),
    "indented": (textwrap.indent(ONE, "    "), (ONE,)),
    "hyphens of a word processor": (ONE.replace("-----", "—–--"), (ONE,)),
    "an old header": (ONE.replace(" CERTIFICATE", " X509 CERTIFICATE"), (ONE,)),
    "an element of metadata": (f"<ds:X509Certificate>\n{BODY}\n</ds:X509Certificate>", (ONE,)),
    "carriage returns of an XML element": ("&#13;\n".join(textwrap.wrap(BODY, 76)), (ONE,)),
    "PKCS#7": (pkcs7.serialize_certificates(PARSED, Encoding.PEM).decode(), (ONE, TWO)),
    "PKCS#7 without a header": (
        base64.b64encode(pkcs7.serialize_certificates(PARSED, Encoding.DER)).decode(), (ONE, TWO)
    ),
}  # fmt: skip

FILES: dict[str, bytes] = {
    "PEM": ONE.encode(),
    "UTF-8 with its mark": ONE.encode("utf-8-sig"),
    "base64 with the mark of UTF-8": BODY.encode("utf-8-sig"),
    "UTF-16": ONE.encode("utf-16"),
    "UTF-16, big end first": b"\xfe\xff" + ONE.encode("utf-16-be"),
    "UTF-16 without its mark": ONE.encode("utf-16-le"),
    "UTF-16 base64": BODY.encode("utf-16"),
    "DER": DER,
    "PKCS#7 (.p7b)": pkcs7.serialize_certificates(PARSED[:1], Encoding.DER),
}

SECRETS: dict[str, bytes] = {
    "PKCS#8": key_pair("idp").private_pem.encode(),
    "of RSA": KEY.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()),
    "under a password": KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")),
    "DER": KEY.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
    "base64": base64.b64encode(KEY.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())),
    "beside its certificate": (ONE + key_pair("idp").private_pem).encode(),
    "UTF-16": key_pair("idp").private_pem.encode("utf-16"),
}


def csr(encoding: Encoding) -> bytes:
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return builder.sign(KEY, hashes.SHA256()).public_bytes(encoding)


def public(encoding: Encoding) -> bytes:
    return KEY.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)


OTHERS: dict[str, tuple[Callable[[], bytes], str]] = {
    "CSR": (lambda: csr(Encoding.PEM), "a certificate request (CSR)"),
    "binary CSR": (lambda: csr(Encoding.DER), "a certificate request (CSR)"),
    "public key": (lambda: public(Encoding.PEM), "a public key without its certificate"),
    "binary public key": (lambda: public(Encoding.DER), "a public key without its certificate"),
    "SSH key": (
        lambda: KEY.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH), "a public key without"
    ),
    "key store": (
        lambda: pkcs12.serialize_key_and_certificates(b"x", KEY, PARSED[0], None, BestAvailableEncryption(b"x")),  # type: ignore[arg-type]
        "a key store (PKCS#12, .pfx)",
    ),
    "half of one": (lambda: ONE[:300].encode(), "the beginning of one without its end"),
    "the other half": (lambda: ONE[300:].encode(), "the end of one without its beginning"),
    "fingerprint": (lambda: fingerprint(ONE).encode(), "a fingerprint"),
    "SHA-1 thumbprint": (lambda: PARSED[0].fingerprint(hashes.SHA1()).hex().encode(), "a fingerprint"),  # noqa: S303
    "metadata": (lambda: entity().encode(), "XML: if it is metadata"),
    "JWK": (lambda: b'{"kty": "RSA"}', "JSON"),
    "nothing": (lambda: b" \r\n", "received nothing"),
    "a damaged one": (lambda: DER[:300], "a damaged one"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "found"), TEXTS.values(), ids=TEXTS)
def test_what_is_pasted_is_read(text: str, found: tuple[str, ...]) -> None:
    assert stored_certificates(text) == found


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_files_of_any_program_are_read(content: bytes) -> None:
    assert stored_certificates(text_of(content)) == (ONE,)


@pytest.mark.parametrize(("made", "words"), OTHERS.values(), ids=OTHERS)
def test_what_is_something_else_is_named(made: Callable[[], bytes], words: str) -> None:
    with pytest.raises(CertificateError) as problem:
        stored_certificates(text_of(made()))
    assert words in str(problem.value)


@pytest.mark.parametrize("content", SECRETS.values(), ids=SECRETS)
def test_a_private_key_is_refused_and_not_quoted(content: bytes) -> None:
    with pytest.raises(CertificateError, match="Do not send that to anybody") as problem:
        stored_certificates(text_of(content))
    assert len(str(problem.value)) < 100


@given(some.binary(max_size=200))
def test_whatever_file_comes_is_read_or_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(CertificateError, match="Expected"):
        stored_certificates(text_of(content))


@pytest.mark.parametrize("part", ["-", "-----BEGIN CERTIFICATE-----", "-- ", "AB:", "A", "<X509Certificate>", "\\n"])
def test_a_megabyte_of_anything_is_read_quickly(part: str) -> None:
    began = time.monotonic()
    with pytest.raises(CertificateError):
        stored_certificates(part * (1024 * 1024 // len(part)))
    assert time.monotonic() - began < 30  # it was hours where hyphens were looked at again from each of them


def test_two_certificates_in_one_element_of_metadata_both_sign() -> None:
    for body in (BODY + OTHER, f"{BODY}\n\n{OTHER}", ONE + TWO):
        found = read_metadata(entity(element(body)).encode())
        assert (found.certificates, found.warnings) == ((ONE, TWO), ())
