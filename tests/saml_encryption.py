"""Encrypted assertions made by hand (XML Encryption 1.1 section 4), right or wrong on purpose."""

import base64
import os

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
OAEP, RSA_1_5 = f"{XENC}rsa-oaep-mgf1p", f"{XENC}rsa-1_5"

_KEY_LENGTHS = {AES256_GCM: 32, AES128_GCM: 16, AES256_CBC: 32, AES128_CBC: 16, TRIPLE_DES: 32}


def encrypt(
    assertion: etree._Element, certificate: str, algorithm: str = AES256_CBC, transport: str = OAEP, key: str = "inside"
) -> None:
    """Puts an EncryptedAssertion in the assertion's place. `key`: "inside" KeyInfo or "beside" the data."""
    parent = assertion.getparent()
    assert parent is not None
    content_key = os.urandom(_KEY_LENGTHS[algorithm])
    holder = etree.Element(f"{{{SAML}}}EncryptedAssertion", nsmap={"saml": SAML})
    data = etree.SubElement(holder, f"{{{XENC}}}EncryptedData", {"Type": f"{XENC}Element"}, {"xenc": XENC})
    etree.SubElement(data, f"{{{XENC}}}EncryptionMethod", Algorithm=algorithm)
    info = etree.SubElement(data, f"{{{DS}}}KeyInfo", nsmap={"ds": DS})
    _key(info if key == "inside" else holder, certificate, content_key, transport)
    plain = etree.tostring(assertion, method="c14n", exclusive=True)
    _cipher_data(data, _sealed(plain, content_key, algorithm))
    parent.replace(assertion, holder)


def _key(parent: etree._Element, certificate: str, content_key: bytes, transport: str) -> None:
    public_key = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    assert isinstance(public_key, rsa.RSAPublicKey)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303
    element = etree.SubElement(parent, f"{{{XENC}}}EncryptedKey", nsmap={"xenc": XENC})
    etree.SubElement(element, f"{{{XENC}}}EncryptionMethod", Algorithm=transport)
    sealed = public_key.encrypt(content_key, oaep if transport == OAEP else padding.PKCS1v15())
    _cipher_data(element, sealed)


def _sealed(plain: bytes, key: bytes, algorithm: str) -> bytes:
    if algorithm in (AES256_GCM, AES128_GCM):
        nonce = os.urandom(12)
        return nonce + AESGCM(key).encrypt(nonce, plain, None)
    vector = os.urandom(16)
    fill = 16 - len(plain) % 16
    encryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    return vector + encryptor.update(plain + bytes(fill - 1) + bytes([fill])) + encryptor.finalize()


def _cipher_data(parent: etree._Element, sealed: bytes) -> None:
    data = etree.SubElement(parent, f"{{{XENC}}}CipherData")
    etree.SubElement(data, f"{{{XENC}}}CipherValue").text = base64.b64encode(sealed).decode()
