"""Encrypted assertions made by hand (XML Encryption 1.1 section 4), right or wrong on purpose."""

import base64
import os
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
DS = "http://www.w3.org/2000/09/xmldsig#"
XENC = "http://www.w3.org/2001/04/xmlenc#"
AES256_GCM, AES128_GCM = "http://www.w3.org/2009/xmlenc11#aes256-gcm", "http://www.w3.org/2009/xmlenc11#aes128-gcm"
AES256_CBC, AES128_CBC = f"{XENC}aes256-cbc", f"{XENC}aes128-cbc"
TRIPLE_DES = f"{XENC}tripledes-cbc"
XENC11 = "http://www.w3.org/2009/xmlenc11#"
OAEP, OAEP_SHA256, RSA_1_5 = f"{XENC}rsa-oaep-mgf1p", f"{XENC11}rsa-oaep", f"{XENC}rsa-1_5"

_PADDINGS: dict[str, padding.AsymmetricPadding] = {
    OAEP: padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None),  # noqa: S303
    OAEP_SHA256: padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None),
    RSA_1_5: padding.PKCS1v15(),
}
_KEY_LENGTHS = {AES256_GCM: 32, AES128_GCM: 16, AES256_CBC: 32, AES128_CBC: 16, TRIPLE_DES: 32}


def encrypt(
    assertion: etree._Element,
    certificate: str,
    algorithm: str = AES256_CBC,
    transport: str = OAEP,
    key: str = "inside",
    fill: int | None = None,
    holder_name: str = "EncryptedAssertion",
) -> None:
    """Puts an EncryptedAssertion in the assertion's place. `key`: "inside" KeyInfo or "beside" the data.

    `fill`: a wrong last byte, which says how much padding there is.
    """
    parent = assertion.getparent()
    assert parent is not None
    content_key = os.urandom(_KEY_LENGTHS[algorithm])
    holder = etree.Element(f"{{{SAML}}}{holder_name}", nsmap={"saml": SAML})
    data = etree.SubElement(holder, f"{{{XENC}}}EncryptedData", {"Type": f"{XENC}Element"}, {"xenc": XENC})
    etree.SubElement(data, f"{{{XENC}}}EncryptionMethod", Algorithm=algorithm)
    info = etree.SubElement(data, f"{{{DS}}}KeyInfo", nsmap={"ds": DS})
    _key(info if key == "inside" else holder, certificate, content_key, transport)
    plain = etree.tostring(assertion, method="c14n", exclusive=True)
    _cipher_data(data, _sealed(plain, content_key, algorithm, fill))
    parent.replace(assertion, holder)


def encrypt_id(name_id: etree._Element, certificate: str, **options: Any) -> None:
    """Puts an EncryptedID in the place of a NameID (SAML core 2.2.4)."""
    encrypt(name_id, certificate, holder_name="EncryptedID", **options)


def _key(parent: etree._Element, certificate: str, content_key: bytes, transport: str) -> None:
    public_key = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    assert isinstance(public_key, rsa.RSAPublicKey)
    element = etree.SubElement(parent, f"{{{XENC}}}EncryptedKey", nsmap={"xenc": XENC})
    method = etree.SubElement(element, f"{{{XENC}}}EncryptionMethod", Algorithm=transport)
    if transport == OAEP_SHA256:
        etree.SubElement(method, f"{{{DS}}}DigestMethod", Algorithm=f"{XENC}sha256")
        etree.SubElement(method, f"{{{XENC11}}}MGF", Algorithm=f"{XENC11}mgf1sha256")
    _cipher_data(element, public_key.encrypt(content_key, _PADDINGS[transport]))


def _sealed(plain: bytes, key: bytes, algorithm: str, fill: int | None) -> bytes:
    if algorithm in (AES256_GCM, AES128_GCM):
        nonce = os.urandom(12)
        return nonce + AESGCM(key).encrypt(nonce, plain, None)
    vector = os.urandom(16)
    room = 16 - len(plain) % 16
    last = room if fill is None else fill
    encryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    return vector + encryptor.update(plain + bytes(room - 1) + bytes([last])) + encryptor.finalize()


def _cipher_data(parent: etree._Element, sealed: bytes) -> None:
    data = etree.SubElement(parent, f"{{{XENC}}}CipherData")
    etree.SubElement(data, f"{{{XENC}}}CipherValue").text = base64.b64encode(sealed).decode()
