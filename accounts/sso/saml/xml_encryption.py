"""PURE. Decryption in process (`protocol.md` 8.4 check 16; XML Encryption 1.1, sections 5.2 to 5.5).

Every way to fail gives the same refusal: telling a bad key from bad padding would let somebody read the assertion by
asking often enough. PKCS#1 v1.5 key transport and 3DES are not offered for the same reason.
"""

import base64
import binascii

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from accounts.connections.certificates.certificates import rsa_private_key
from accounts.sso.refusal import LoginRefused
from accounts.sso.saml.shape import DS, Element, parse
from common.texts import quoted

XENC = "http://www.w3.org/2001/04/xmlenc#"
XENC11 = "http://www.w3.org/2009/xmlenc11#"
_OAEP = f"{XENC}rsa-oaep-mgf1p"
_OAEP11 = f"{XENC11}rsa-oaep"

# Algorithm -> length of its key in bytes.
CBC = {f"{XENC}aes128-cbc": 16, f"{XENC}aes192-cbc": 24, f"{XENC}aes256-cbc": 32}
GCM = {f"{XENC11}aes128-gcm": 16, f"{XENC11}aes192-gcm": 24, f"{XENC11}aes256-gcm": 32}

# OAEP allows SHA-1 as its mask: nothing about it rests on collisions.
_DIGESTS: dict[str, hashes.HashAlgorithm] = {
    "": hashes.SHA1(),  # noqa: S303
    f"{DS}sha1": hashes.SHA1(),  # noqa: S303
    f"{XENC}sha256": hashes.SHA256(),
    f"{XENC}sha512": hashes.SHA512(),
}
_MASKS: dict[str, hashes.HashAlgorithm] = {
    "": hashes.SHA1(),  # noqa: S303
    f"{XENC11}mgf1sha1": hashes.SHA1(),  # noqa: S303
    f"{XENC11}mgf1sha256": hashes.SHA256(),
    f"{XENC11}mgf1sha512": hashes.SHA512(),
}


def decrypt(sealed: Element, private_key_pem: str, what: str = "an assertion") -> bytes:
    """The bytes inside an EncryptedAssertion, EncryptedID or EncryptedAttribute: not verified, not even looked at.

    `what` is in it, for the sentence of a refusal.
    """
    if not private_key_pem:
        raise LoginRefused(
            "saml-no-decryption-key",
            f"{what} that is not encrypted, as this connection has no key to open one",
            "an encrypted one",
        )
    content, key = _the_parts(sealed)
    algorithm = _algorithm(content, CBC | GCM)
    _algorithm(key, {_OAEP: 0, _OAEP11: 0})
    try:
        content_key = rsa_private_key(private_key_pem).decrypt(_cipher_value(key), _oaep(key))
        return _open(algorithm, content_key, _cipher_value(content))
    except (ValueError, InvalidTag, binascii.Error):
        raise undecryptable(what) from None


def opened(sealed: Element, private_key_pem: str, what: str) -> Element:
    """The one element inside, out of its signed surroundings. Noise, which another key leaves, is the same refusal."""
    plain = decrypt(sealed, private_key_pem, what)
    try:
        return parse(plain)
    except LoginRefused:
        raise undecryptable(what) from None


def undecryptable(what: str = "an assertion") -> LoginRefused:
    """The one answer to everything that goes wrong between the ciphertext and what can be read."""
    return LoginRefused(
        "saml-decryption", f"{what} encrypted for this connection's certificate", "one that cannot be opened"
    )


def _the_parts(sealed: Element) -> tuple[Element, Element]:
    """EncryptedData and its one EncryptedKey, which stands inside KeyInfo (Entra, Okta) or beside it (Shibboleth)."""
    content = _only(sealed, f"{{{XENC}}}EncryptedData")
    inside = content.findall(f"{{{DS}}}KeyInfo/{{{XENC}}}EncryptedKey")
    keys = inside + sealed.findall(f"{{{XENC}}}EncryptedKey")
    if len(keys) != 1:
        raise LoginRefused("saml-encryption-shape", "exactly one EncryptedKey", f"{len(keys)}")
    return content, keys[0]


def _algorithm(element: Element, known: dict[str, int]) -> str:
    method = _only(element, f"{{{XENC}}}EncryptionMethod")
    algorithm = method.get("Algorithm", "")
    if algorithm not in known:
        names = ", ".join(name.rpartition("#")[2] for name in known)
        raise LoginRefused("saml-encryption-algorithm", f"encryption with one of {names}", quoted(algorithm))
    return algorithm


def _oaep(key: Element) -> padding.OAEP:
    method = _only(key, f"{{{XENC}}}EncryptionMethod")
    if method.find(f"{{{XENC}}}OAEPparams") is not None:
        raise ValueError("OAEP labels are not used with SAML")
    digest = _named(method, f"{{{DS}}}DigestMethod", _DIGESTS)
    mask = _named(method, f"{{{XENC11}}}MGF", _MASKS)
    return padding.OAEP(mgf=padding.MGF1(algorithm=mask), algorithm=digest, label=None)


def _named(method: Element, tag: str, known: dict[str, hashes.HashAlgorithm]) -> hashes.HashAlgorithm:
    element = method.find(tag)
    name = "" if element is None else element.get("Algorithm", "")
    if name not in known:
        raise ValueError("unknown OAEP parameter")
    return known[name]


def _open(algorithm: str, key: bytes, sealed: bytes) -> bytes:
    if len(key) != (CBC | GCM)[algorithm]:
        raise ValueError("a key of another length")
    if algorithm in GCM:
        return AESGCM(key).decrypt(sealed[:12], sealed[12:], None)
    decryptor = Cipher(algorithms.AES(key), modes.CBC(sealed[:16])).decryptor()
    padded = decryptor.update(sealed[16:]) + decryptor.finalize()
    # XML Encryption 5.2: only the last byte counts, the others are arbitrary.
    if not padded or not 1 <= padded[-1] <= 16:
        raise ValueError("bad padding")
    return padded[: -padded[-1]]


def _cipher_value(element: Element) -> bytes:
    """CipherValue only: a CipherReference would be an address to fetch."""
    value = _only(_only(element, f"{{{XENC}}}CipherData"), f"{{{XENC}}}CipherValue")
    return base64.b64decode("".join((value.text or "").split()).encode("ascii", "replace"), validate=True)


def _only(parent: Element, tag: str) -> Element:
    found = parent.findall(tag)
    if len(found) != 1:
        name = tag.rpartition("}")[2]
        raise LoginRefused("saml-encryption-shape", f"exactly one {name}", f"{len(found)}")
    return found[0]
