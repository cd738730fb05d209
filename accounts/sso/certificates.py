"""Certificates and keys as people paste them and as providers publish them; what we make for ourselves."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from cryptography import x509
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

from torque_sso import moments

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
_OWN_LIFE = timedelta(days=3650)
_RSA_BITS = range(1024, 8193)  # shorter is broken, longer is slow at every login
_MAX_CERTIFICATES = 20


class CertificateError(ValueError):
    """A sentence about a text that holds no usable certificate."""


@lru_cache(maxsize=256)
def read_certificates(text: str) -> tuple[str, ...]:
    """PEM blocks, each once, from PEM (one or several) or from the bare base64 that Okta and Entra show.

    Raises CertificateError when there is none, or one that cannot be read or cannot sign.
    """
    bodies = _PEM.findall(text)
    if not bodies and "PRIVATE KEY" in text:
        raise CertificateError("Expected a certificate (public); received a private key. Do not send that to anybody.")
    if not bodies and text.strip() and _BASE64.fullmatch(text):
        bodies = [text]
    if not bodies:
        raise CertificateError(
            "Expected a certificate that begins with -----BEGIN CERTIFICATE-----; received "
            + ("nothing." if not text.strip() else "other text. Download it as “Base64” from the identity provider.")
        )
    certificates = tuple(dict.fromkeys(_pem(body) for body in bodies))
    if len(certificates) > _MAX_CERTIFICATES:
        raise CertificateError(f"Expected at most {_MAX_CERTIFICATES} certificates; received {len(certificates)}.")
    return certificates


def _pem(body: str) -> str:
    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode("".join(body.split()), validate=True))
        public_key, _ = certificate.public_key(), certificate.not_valid_after_utc  # the year 0 is a ValueError
    except (binascii.Error, ValueError) as error:
        raise CertificateError(
            "Expected a readable X.509 certificate; received a damaged one. Copy it again from the identity provider."
        ) from error
    if not isinstance(public_key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise CertificateError("Expected a certificate with an RSA or EC key; received one with another kind of key.")
    if isinstance(public_key, rsa.RSAPublicKey) and public_key.key_size not in _RSA_BITS:
        raise CertificateError(f"Expected an RSA key of 2048 to 8192 bits; received one of {public_key.key_size}.")
    return certificate.public_bytes(Encoding.PEM).decode()


def certificate_end(pem: str) -> datetime:
    """When the certificate expires, in UTC. "99991231235959Z" is how one says that it never does (RFC 5280)."""
    return moments.within(x509.load_pem_x509_certificate(pem.encode()).not_valid_after_utc)


def fingerprint(pem: str) -> str:
    """SHA-256 of the certificate, as identity providers show it: `AB:CD:...`."""
    return x509.load_pem_x509_certificate(pem.encode()).fingerprint(hashes.SHA256()).hex(":").upper()


def certificate_subject(pem: str) -> str:
    """Whose certificate it says it is: the common name, else the whole name, else nothing it could be told by."""
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
