"""A certificate with the authorities above it, as people paste them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.support.saml_keys import key_pair


@dataclass(frozen=True)
class Chain:
    """PEM."""

    leaf: str
    intermediate: str
    root: str


def certificate(owner: str, issuer: str = "", *, key: str = "", is_authority: bool = False, days: int = 365) -> str:
    """The certificate of `owner`, by `issuer` or by itself. `key`: whose key it is of, if not of the owner's."""
    end = datetime.now(UTC) + timedelta(days=days)
    public_key = key_pair(key or owner).private_key.public_key()
    signer = key_pair(issuer or key or owner).private_key
    assert isinstance(signer, rsa.RSAPrivateKey)
    builder = x509.CertificateBuilder(_name(issuer or owner), _name(owner), public_key, x509.random_serial_number())
    builder = builder.not_valid_before(end - timedelta(days=366)).not_valid_after(end)
    builder = builder.add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    return builder.sign(signer, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


@lru_cache
def chain(leaf: str = "idp", root: str = "root") -> Chain:
    """The leaf's key is that of the message generator unless another is named."""
    return Chain(
        certificate(leaf, "intermediate"),
        certificate("intermediate", root, is_authority=True),
        certificate(root, is_authority=True),
    )


def _name(owner: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, owner)])
