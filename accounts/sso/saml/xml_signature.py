"""PURE. XML signatures in process: which form is accepted, whether a key fits, which bytes were signed; and our own.

`verify` gives back the canonical bytes whose digest the signature covers; callers read those and nothing else, so
what was checked and what is used cannot differ (R21, CVE-2025-25291). The key comes from the connection; KeyInfo is
never looked at (R22). No address in a message is followed: a Reference can only name its own parent.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import xmlsec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from accounts.sso.refusal import LoginRefused
from accounts.sso.saml.shape import DS, Element, parse_signed, require_id, unbase64
from common.texts import quoted

_EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
# Comments are refused everywhere, so both forms give the same bytes.
_CANONICALIZATIONS = frozenset({_EXCLUSIVE, f"{_EXCLUSIVE}WithComments"})
_ENVELOPED = f"{DS}enveloped-signature"
_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_MAX_PREFIXES = 6

_RSA, _EC = rsa.RSAPublicKey, ec.EllipticCurvePublicKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey

SIGNATURE_ALGORITHMS: dict[str, tuple[type[PublicKey], hashes.HashAlgorithm]] = {
    f"{_MORE}rsa-sha256": (_RSA, hashes.SHA256()),
    f"{_MORE}rsa-sha384": (_RSA, hashes.SHA384()),
    f"{_MORE}rsa-sha512": (_RSA, hashes.SHA512()),
    f"{_MORE}ecdsa-sha256": (_EC, hashes.SHA256()),
    f"{_MORE}ecdsa-sha384": (_EC, hashes.SHA384()),
    f"{_MORE}ecdsa-sha512": (_EC, hashes.SHA512()),
}
DIGEST_ALGORITHMS = {
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
    f"{_MORE}sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
}
# Only where the connection opts in (check 5).
_SHA1_SIGNATURES = {f"{DS}rsa-sha1": (_RSA, hashes.SHA1())}  # noqa: S303
_SHA1_DIGESTS = {f"{DS}sha1": "sha1"}


@dataclass(frozen=True)
class VerificationKey:
    public_key: PublicKey
    xmlsec_key: xmlsec.Key


@dataclass(frozen=True)
class SignedReference:
    """What a SignedInfo says, read from its own canonical bytes."""

    algorithm: str
    digest_algorithm: str
    digest: bytes
    prefixes: tuple[str, ...]


@lru_cache(maxsize=256)
def verification_key(certificate_pem: str) -> VerificationKey | None:
    """The key of a configured certificate, expired or not (it is pinned, check 4); None if it cannot verify."""
    try:
        public_key = x509.load_pem_x509_certificate(certificate_pem.encode()).public_key()
    except ValueError:
        return None
    if not isinstance(public_key, PublicKey):
        return None
    der = public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return VerificationKey(public_key, xmlsec.Key.from_memory(der, xmlsec.constants.KeyDataFormatDer))


def verify(element: Element, signature: Element, certificates: Sequence[str], allow_sha1: bool) -> bytes:
    """The canonical bytes of `element` without `signature`, which is a child of it; or `LoginRefused`.

    `certificates` are PEM; any may fit. The signature is taken out of its document. The key is tried on the short
    SignedInfo before the long document is canonicalised, so only the identity provider can cause that work.
    """
    signed_info, value = _parts(signature)
    method = signed_info.find(_ds("CanonicalizationMethod"))
    if method is None:
        raise _shape("a CanonicalizationMethod", "none")
    info_bytes = _canonical(signed_info, _prefixes(method))
    reference = _read_signed_info(parse_signed(info_bytes), require_id(element), allow_sha1)
    key = _fitting_key(reference.algorithm, info_bytes, value, certificates)
    _verify_document(signature, element, key)
    _detach(signature, element)
    signed = _canonical(element, reference.prefixes)
    # libxmlsec has said yes by now. This says it of exactly these bytes, which are what is read from here on.
    if hashlib.new(reference.digest_algorithm, signed).digest() != reference.digest:
        raise _altered()
    return signed


def verify_detached(
    message: bytes, value: bytes, algorithm: str, certificates: Sequence[str], allow_sha1: bool
) -> None:
    """A signature that stands beside what it signs (SAML bindings 3.4.4.1); raises LoginRefused."""
    _fitting_key(_allowed(algorithm, _signatures(allow_sha1), "signature"), message, value, certificates)


def _parts(signature: Element) -> tuple[Element, bytes]:
    """SignedInfo and the signature value. KeyInfo may stand beside them; nothing else may."""
    names = [child.tag for child in signature]
    if names not in (
        [_ds("SignedInfo"), _ds("SignatureValue")],
        [_ds("SignedInfo"), _ds("SignatureValue"), _ds("KeyInfo")],
    ):
        raise _shape("SignedInfo, SignatureValue and KeyInfo, once each", "other content")
    return signature[0], _decoded(signature[1])


def _read_signed_info(signed_info: Element, parent_id: str, allow_sha1: bool) -> SignedReference:
    _require_children(signed_info, "CanonicalizationMethod", "SignatureMethod", "Reference")
    method, signature_method, reference = signed_info
    _prefixes(method)
    if len(signature_method):
        raise _shape("a SignatureMethod without parameters", "parameters")
    _require_children(reference, "Transforms", "DigestMethod", "DigestValue")
    if reference.get("URI") != f"#{parent_id}":
        raise _shape(
            "a reference to the element that holds the signature", f"a reference to {quoted(reference.get('URI', ''))}"
        )
    transforms, digest_method, digest_value = reference
    digests = {**DIGEST_ALGORITHMS, **_SHA1_DIGESTS} if allow_sha1 else DIGEST_ALGORITHMS
    return SignedReference(
        algorithm=_allowed(signature_method.get("Algorithm", ""), _signatures(allow_sha1), "signature"),
        digest_algorithm=digests[_allowed(digest_method.get("Algorithm", ""), digests, "digest")],
        digest=_decoded(digest_value),
        prefixes=_transform_prefixes(transforms),
    )


def _transform_prefixes(transforms: Element) -> tuple[str, ...]:
    _require_children(transforms, "Transform", "Transform")
    enveloped, canonicalization = transforms
    if enveloped.get("Algorithm") != _ENVELOPED or len(enveloped):
        raise _shape(
            "the transforms enveloped-signature and exclusive canonicalization", quoted(enveloped.get("Algorithm", ""))
        )
    return _prefixes(canonicalization)


def _prefixes(method: Element) -> tuple[str, ...]:
    """The InclusiveNamespaces of an exclusive canonicalization; anything else is refused."""
    if method.get("Algorithm") not in _CANONICALIZATIONS:
        raise _shape("exclusive XML canonicalization", quoted(method.get("Algorithm", "")))
    if not len(method):
        return ()
    if len(method) > 1 or method[0].tag != f"{{{_EXCLUSIVE}}}InclusiveNamespaces" or len(method[0]):
        raise _shape("at most a list of InclusiveNamespaces", "other parameters")
    prefixes = tuple(method[0].get("PrefixList", "").split())
    if len(prefixes) > _MAX_PREFIXES:
        raise _shape(f"at most {_MAX_PREFIXES} InclusiveNamespaces", f"{len(prefixes)}")
    return prefixes


def _fitting_key(algorithm: str, message: bytes, value: bytes, certificates: Sequence[str]) -> VerificationKey:
    for certificate in certificates:
        key = verification_key(certificate)
        if key is not None and _fits(key.public_key, algorithm, value, message):
            return key
    raise LoginRefused(
        "saml-signature",
        f"a signature made with a certificate of this connection ({len(certificates)} configured)",
        "a signature that none of them fits",
    )


def _fits(key: PublicKey, algorithm: str, value: bytes, message: bytes) -> bool:
    kind, digest = _signatures(allow_sha1=True)[algorithm]
    try:
        if isinstance(key, rsa.RSAPublicKey) and kind is _RSA:
            key.verify(value, message, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey) and kind is _EC:
            key.verify(_der(value, (key.key_size + 7) // 8), message, ec.ECDSA(digest))
        else:
            return False
    except (InvalidSignature, ValueError):
        return False
    return True


def _der(value: bytes, size: int) -> bytes:
    """XML signatures hold r and s side by side (RFC 4050 section 3.3); the crypto library wants them in DER."""
    if len(value) != 2 * size:
        raise ValueError("not an ECDSA signature of this curve")
    return encode_dss_signature(int.from_bytes(value[:size]), int.from_bytes(value[size:]))


def _verify_document(signature: Element, parent: Element, key: VerificationKey) -> None:
    context = xmlsec.SignatureContext()
    context.key = key.xmlsec_key
    try:
        context.register_id(parent, "ID")
        context.verify(signature)
    except xmlsec.Error:
        raise _altered() from None


def _detach(signature: Element, parent: Element) -> None:
    """Take the signature out as the enveloped-signature transform does: the text after it stays."""
    tail, previous = signature.tail or "", signature.getprevious()
    parent.remove(signature)
    if previous is not None:
        previous.tail = (previous.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail


def _canonical(element: Element, prefixes: tuple[str, ...]) -> bytes:
    try:
        return etree.tostring(
            element, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=list(prefixes)
        )
    except etree.LxmlError:
        raise LoginRefused(
            "saml-xml", "XML that can be canonicalised", "XML that cannot, such as relative namespaces"
        ) from None


def _signatures(allow_sha1: bool) -> dict[str, tuple[type[PublicKey], hashes.HashAlgorithm]]:
    return {**SIGNATURE_ALGORITHMS, **_SHA1_SIGNATURES} if allow_sha1 else SIGNATURE_ALGORITHMS


def _allowed(algorithm: str, known: Mapping[str, object], what: str) -> str:
    if algorithm not in known:
        names = ", ".join(name.rpartition("#")[2] for name in known)
        raise LoginRefused("saml-algorithm", f"a {what} algorithm among {names}", quoted(algorithm))
    return algorithm


def _require_children(parent: Element, *names: str) -> None:
    if [child.tag for child in parent] != [_ds(name) for name in names]:
        raise _shape(f"{', '.join(names)} and nothing else in {str(parent.tag).rpartition('}')[2]}", "other content")


def _decoded(element: Element) -> bytes:
    if len(element):
        raise _shape("text only in the values of a signature", "elements")
    try:
        return unbase64(element.text or "")
    except ValueError:
        raise _shape("base64 in the values of a signature", "other text") from None


def _ds(name: str) -> str:
    return f"{{{DS}}}{name}"


def _shape(expected: str, received: str) -> LoginRefused:
    return LoginRefused("saml-signature-shape", f"a signature with {expected}", received)


def _altered() -> LoginRefused:
    return LoginRefused(
        "saml-signature",
        "a message as the identity provider signed it",
        "one that was changed after it was signed",
        "If nobody tampered with it, a proxy between the browser and Torque may have.",
    )


def signed(root: Element, private_key_pem: str, certificate_pem: str) -> bytes:
    """The document with a signature of its root, which stands after the Issuer as the schema wants it.

    Shows the certificate in KeyInfo. ValueError where the key or the certificate is none.
    """
    constants = xmlsec.constants
    signature = xmlsec.template.create(root, constants.TransformExclC14N, constants.TransformRsaSha256, ns="ds")
    root.insert(1, signature)
    reference = xmlsec.template.add_reference(signature, constants.TransformSha256, uri=f"#{root.get('ID')}")
    xmlsec.template.add_transform(reference, constants.TransformEnveloped)
    xmlsec.template.add_transform(reference, constants.TransformExclC14N)
    xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(signature))
    context = xmlsec.SignatureContext()
    context.register_id(root, "ID")
    try:
        context.key = xmlsec.Key.from_memory(private_key_pem, constants.KeyDataFormatPem)
        context.key.load_cert_from_memory(certificate_pem, constants.KeyDataFormatPem)
        context.sign(signature)
    except xmlsec.Error as error:
        raise ValueError("not a key with its certificate") from error
    return written(root)


def written(root: Element) -> bytes:
    return etree.tostring(root)
