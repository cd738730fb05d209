"""PURE. Certificates and keys as people paste them and as providers publish them; what we make for ourselves."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from accounts.connections.certificates import shapes as certificate_shapes
from common import timestamps

_OWN_LIFE = timedelta(days=3650)
_RSA_BITS = range(2048, 8193)  # shorter is weak (NIST SP 800-131A), longer is slow at every login
_SMALLEST_CURVE = 256  # bits
STRONG = f"an RSA key of {_RSA_BITS[0]} to {_RSA_BITS[-1]} bits, or an elliptic curve of {_SMALLEST_CURVE} bits or more"
_NEW_ONE = "Make a new signing certificate at the identity provider."
MAX_CERTIFICATES = 20


class CertificateError(ValueError):
    """A sentence about a text that holds no usable certificate."""


@dataclass(frozen=True)
class Signers:
    """`certificates`: PEM, whose keys may sign logins. `left_out`: a sentence for each authority of a chain."""

    certificates: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def signers_in(texts: Iterable[str], beside: Sequence[str] = ()) -> Signers:
    """What may sign of the certificates that somebody gives; `beside`: those that are there already.

    A chain ends in the certificate that signs. The authorities above it sign for others too, so they are left out.
    Raises CertificateError for a text without a certificate, for a weak key, and when none is left.
    """
    given = list(dict.fromkeys(pem for text in texts for pem in stored_certificates(text)))
    found = without_authorities(given, beside)
    if given and not found.certificates:
        raise CertificateError(f"Expected the certificate that signs logins. {' '.join(found.left_out)}")
    for pem in found.certificates:
        if weak := weakness(pem):
            raise CertificateError(f"Expected {STRONG}; received {weak}. {_NEW_ONE}")
    return found


def without_authorities(given: Sequence[str], beside: Sequence[str] = ()) -> Signers:
    """The certificates without those that issued another one, there or `beside`."""
    everything = [x509.load_pem_x509_certificate(pem.encode()) for pem in (*given, *beside)]
    authorities = {pem for pem, own in zip(given, everything, strict=False) if any(_issued(own, x) for x in everything)}
    sentences = (
        f"The certificate '{certificate_subject(pem)}' was left out: its authority issued another one of these, and"
        " logins are signed with the certificate at the end of the chain."
        for pem in given
        if pem in authorities
    )
    return Signers(tuple(pem for pem in given if pem not in authorities), tuple(sentences))


def _issued(issuer: x509.Certificate, other: x509.Certificate) -> bool:
    """A self-signed certificate issued no other; nor did one that was renewed with the same key, or has its name."""
    if other.issuer != issuer.subject or other.public_key() == issuer.public_key():
        return False
    try:
        other.verify_directly_issued_by(issuer)
    except InvalidSignature:
        return False
    except (UnsupportedAlgorithm, TypeError, ValueError):  # signed as nothing is today: then its names must do
        return other.subject != other.issuer
    return True


def weakness(pem: str) -> str:
    """What is too weak about the key, or too long; empty for one that may sign."""
    key = x509.load_pem_x509_certificate(pem.encode()).public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return "" if key.key_size in _RSA_BITS else f"an RSA key of {key.key_size} bits"
    if isinstance(key, ec.EllipticCurvePublicKey) and key.key_size < _SMALLEST_CURVE:
        return f"the elliptic curve {key.curve.name} of {key.key_size} bits"
    return ""


@lru_cache(maxsize=256)
def usable_certificates(text: str) -> tuple[str, ...]:
    """Of the certificates that are kept, those whose keys may sign. Raises CertificateError where none can be read."""
    return tuple(pem for pem in stored_certificates(text) if not weakness(pem))


@lru_cache(maxsize=256)
def stored_certificates(text: str) -> tuple[str, ...]:
    """PEM blocks, each once, from any of the shapes of `certificate_shapes` (one or several).

    Also those whose keys are too weak to sign, so that they can be shown and removed. Raises CertificateError when
    there is none, or one that cannot be read.
    """
    try:
        found = certificate_shapes.der_certificates(text)
    except certificate_shapes.Unreadable as problem:
        raise CertificateError(str(problem)) from None
    certificates = tuple(dict.fromkeys(map(_pem, found)))
    if len(certificates) > MAX_CERTIFICATES:
        raise CertificateError(f"Expected at most {MAX_CERTIFICATES} certificates; received {len(certificates)}.")
    return certificates


def _pem(der: bytes) -> str:
    try:
        certificate = x509.load_der_x509_certificate(der)
        public_key, _ = certificate.public_key(), certificate.not_valid_after_utc  # the year 0 is a ValueError
    except ValueError as error:
        raise CertificateError(
            "Expected a readable X.509 certificate; received a damaged one. Copy it again from the identity provider."
        ) from error
    if not isinstance(public_key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise CertificateError("Expected a certificate with an RSA or EC key; received one with another kind of key.")
    return certificate.public_bytes(Encoding.PEM).decode()


def certificate_end(pem: str) -> datetime:
    """When the certificate expires, in UTC. "99991231235959Z" is how one says that it never does (RFC 5280)."""
    return timestamps.within(x509.load_pem_x509_certificate(pem.encode()).not_valid_after_utc)


def fingerprint(pem: str) -> str:
    """SHA-256 of the certificate, as identity providers show it: `AB:CD:...`."""
    return x509.load_pem_x509_certificate(pem.encode()).fingerprint(hashes.SHA256()).hex(":").upper()


def certificate_subject(pem: str) -> str:
    """Return the common name, else the whole name, else a text that says that there is none."""
    subject = x509.load_pem_x509_certificate(pem.encode()).subject
    names = [str(one.value) for one in subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    return (names[0] if names else subject.rfc4514_string())[:200] or "without a name"


def key_digests(certificates: Iterable[str]) -> set[str]:
    """What tells the certificates' keys apart, whatever names and dates they were given."""
    keys = [x509.load_pem_x509_certificate(pem.encode()).public_key() for pem in certificates]
    encoded = [key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) for key in keys]
    return {hashlib.sha256(key).hexdigest() for key in encoded}


def certificate_body(pem: str) -> str:
    """The base64 inside the PEM lines, as metadata carries it."""
    return "".join(line for line in pem.split("\n") if not line.startswith("-----"))


@lru_cache(maxsize=64)
def rsa_private_key(pem: str) -> rsa.RSAPrivateKey:
    """A key of ours, kept loaded: reading one takes longer than all the rest of a login. ValueError if it is none."""
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("not an RSA key")
    return key


def new_service_provider_key(common_name: str) -> tuple[str, str]:
    """A new RSA key and a self-signed certificate for it, good for ten years, both PEM: (private key, certificate)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64] or "Torque SSO")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + _OWN_LIFE)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private.decode(), certificate.public_bytes(Encoding.PEM).decode()
