"""XML signatures made by hand (XML Signature 1.1 section 3.1), right or wrong on purpose."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from lxml import etree

from tests.support.saml_keys import key_pair

DS = "http://www.w3.org/2000/09/xmldsig#"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = f"{DS}enveloped-signature"

RSA_SHA1, RSA_MD5 = f"{DS}rsa-sha1", f"{MORE}rsa-md5"
RSA_SHA256, RSA_SHA512, ECDSA_SHA256 = f"{MORE}rsa-sha256", f"{MORE}rsa-sha512", f"{MORE}ecdsa-sha256"
HMAC_SHA256 = f"{MORE}hmac-sha256"
SHA1, SHA256, SHA512 = f"{DS}sha1", "http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmlenc#sha512"
MD5 = f"{MORE}md5"

_HASHES = {"1": hashes.SHA1(), "5": hashes.MD5(), "256": hashes.SHA256(), "512": hashes.SHA512()}  # noqa: S303
_DIGESTS = {SHA1: "sha1", SHA256: "sha256", SHA512: "sha512", MD5: "md5"}


@dataclass(frozen=True)
class Signing:
    """`key` signs; the certificate of `shown_key` (default: the same) stands in KeyInfo."""

    key: str = "idp"
    shown_key: str = ""
    algorithm: str = RSA_SHA256
    digest: str = SHA256
    transforms: tuple[str, ...] = (ENVELOPED, EXCLUSIVE)
    canonicalization: str = EXCLUSIVE
    prefixes: str = ""
    reference: str = ""  # default: "#" and the ID


def sign(element: etree._Element, signing: Signing) -> etree._Element:
    """Signs `element` and puts the Signature after its Issuer, where the schema wants it. Gives the Signature."""
    signature = etree.Element(f"{{{DS}}}Signature", nsmap={"ds": DS})
    info = etree.SubElement(signature, f"{{{DS}}}SignedInfo")
    etree.SubElement(info, f"{{{DS}}}CanonicalizationMethod", Algorithm=signing.canonicalization)
    etree.SubElement(info, f"{{{DS}}}SignatureMethod", Algorithm=signing.algorithm)
    digest = hashlib.new(_DIGESTS[signing.digest], _canonical(element, signing.prefixes.split())).digest()
    _reference(info, signing, signing.reference or f"#{element.get('ID', '')}", digest)
    element.insert(1, signature)
    value = etree.SubElement(signature, f"{{{DS}}}SignatureValue")
    value.text = base64.b64encode(signature_over(_canonical(info, []), signing)).decode()
    _key_info(signature, key_pair(signing.shown_key or signing.key).body)
    return signature


def _reference(info: etree._Element, signing: Signing, uri: str, digest: bytes) -> None:
    reference = etree.SubElement(info, f"{{{DS}}}Reference", URI=uri)
    transforms = etree.SubElement(reference, f"{{{DS}}}Transforms")
    for algorithm in signing.transforms:
        transform = etree.SubElement(transforms, f"{{{DS}}}Transform", Algorithm=algorithm)
        if algorithm == EXCLUSIVE and signing.prefixes:
            etree.SubElement(
                transform, f"{{{EXCLUSIVE}}}InclusiveNamespaces", {"PrefixList": signing.prefixes}, {"ec": EXCLUSIVE}
            )
    etree.SubElement(reference, f"{{{DS}}}DigestMethod", Algorithm=signing.digest)
    etree.SubElement(reference, f"{{{DS}}}DigestValue").text = base64.b64encode(digest).decode()


def _key_info(signature: etree._Element, body: str) -> None:
    info = etree.SubElement(signature, f"{{{DS}}}KeyInfo")
    data = etree.SubElement(info, f"{{{DS}}}X509Data")
    etree.SubElement(data, f"{{{DS}}}X509Certificate").text = body


def _canonical(element: etree._Element, prefixes: list[str]) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, inclusive_ns_prefixes=prefixes)


def signature_over(message: bytes, signing: Signing) -> bytes:
    """With the key and algorithm of `signing`; the rest of it plays no part."""
    pair = key_pair(signing.key)
    if signing.algorithm == HMAC_SHA256:  # the public key taken for a shared secret
        return hmac.new(pair.public_pem, message, "sha256").digest()
    digest = _HASHES[next(size for size in ("256", "512", "5", "1") if signing.algorithm.endswith(size))]
    if isinstance(pair.private_key, rsa.RSAPrivateKey):
        return pair.private_key.sign(message, padding.PKCS1v15(), digest)
    assert isinstance(pair.private_key, ec.EllipticCurvePrivateKey)
    r, s = decode_dss_signature(pair.private_key.sign(message, ec.ECDSA(digest)))
    return r.to_bytes(32) + s.to_bytes(32)
