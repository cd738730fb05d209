"""Keys of the cast's identity providers, made when first asked for and kept for the run. None is ever on disk."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class KeyPair:
    private_key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    certificate: str  # PEM

    @property
    def private_pem(self) -> str:
        return self.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    @property
    def public_pem(self) -> bytes:
        return self.private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @property
    def body(self) -> str:
        """The certificate's base64, as Okta and Entra show it."""
        return "".join(line for line in self.certificate.splitlines() if not line.startswith("-----"))


@lru_cache
def key_pair(owner: str) -> KeyPair:
    """The key of `owner`. A name that ends in "-ec" gives an elliptic curve key, "-expired" an old certificate,
    "-1024" and "-p224" a key that is too weak."""
    if owner.endswith("-p224"):
        key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = ec.generate_private_key(ec.SECP224R1())
    elif owner.endswith("-ec"):
        key = ec.generate_private_key(ec.SECP256R1())
    else:
        bits = 1024 if owner.endswith("-1024") else 2048
        key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    return KeyPair(key, _certificate(key, owner))


def _certificate(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, owner: str) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, owner)])
    end = datetime.now(UTC) + timedelta(days=-1 if owner.endswith("-expired") else 365)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    signed = builder.not_valid_before(end - timedelta(days=366)).not_valid_after(end).sign(key, hashes.SHA256())
    return signed.public_bytes(Encoding.PEM).decode()
