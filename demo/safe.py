"""Keys and secrets of the stand-in: made at the first start, kept for the next, for the owner only."""

import base64
import datetime
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class SigningKey:
    """`key_id` names the key in a JWK Set, as Entra does: the certificate's thumbprint."""

    private_pem: bytes
    certificate_pem: bytes
    key_id: str

    @property
    def certificate_base64(self) -> str:
        lines = self.certificate_pem.decode().splitlines()
        return "".join(line for line in lines if line and not line.startswith("-----"))


class Safe:
    """One directory of secrets."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)

    def secret(self, name: str) -> str:
        return self._kept(name, lambda: secrets.token_urlsafe(18).encode()).decode()

    def signing_key(self, name: str) -> SigningKey:
        pem = self._kept(f"{name}.pem", lambda: _new_key_and_certificate(name))
        certificate = x509.load_pem_x509_certificate(pem[pem.index(b"-----BEGIN CERTIFICATE") :])
        thumbprint = certificate.fingerprint(hashes.SHA256())
        return SigningKey(
            private_pem=pem[: pem.index(b"-----BEGIN CERTIFICATE")],
            certificate_pem=certificate.public_bytes(serialization.Encoding.PEM),
            key_id=base64.urlsafe_b64encode(thumbprint).decode().rstrip("="),
        )

    def _kept(self, name: str, make: Callable[[], bytes]) -> bytes:
        """What the file holds. Written beside it first, so that an interrupted start leaves no half of a key."""
        path = self.directory / name
        if not path.exists():
            fresh = self.directory / f".{name}.{secrets.token_hex(4)}"
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(make())
            fresh.rename(path)
        return path.read_bytes()


def _new_key_and_certificate(name: str) -> bytes:
    """A private key and its self-signed certificate, PEM, one after the other. Ten years, as Okta gives them."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Acme stand-in {name}")])
    today = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)
