"""SimpleSAMLphp as an identity provider, from Debian's package, behind PHP's own web server."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.support import processes
from tools import servers
from tools.test_idps import simplesamlphp_folder

PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
REDIRECT, POST = (f"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-{name}" for name in ("Redirect", "POST"))
# Configuration is PHP there; ours is JSON that a line of PHP reads.
READS_JSON = "<?php\n${name} = json_decode(file_get_contents(__DIR__ . '/{file}.json'), true);\n"


class SimpleSamlPhp:
    """`url`: where it is. People: `folder/authsources`, who may be asked: `trust`."""

    def __init__(self, folder: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.metadata_url = f"{self.url}/saml2/idp/metadata.php"
        self.sso_url = f"{self.url}/saml2/idp/SSOService.php"
        self.slo_url = f"{self.url}/saml2/idp/SingleLogoutService.php"
        self.entity_id = f"{self.url}/idp"
        self.folder = folder
        for name in ("metadata", "cert", "log", "data", "temp", "sessions"):
            (folder / name).mkdir()
        write_key_pair(folder / "cert")
        self._write("config", "config", self._settings())
        self._write("metadata/saml20-idp-hosted", "metadata", {self.entity_id: self._identity_provider()})
        self.trust({})

    def people(self, people: Mapping[str, Mapping[str, list[str]]]) -> None:
        """User name with password (`alice:secret`) -> attributes."""
        # PHP's list with names: its first entry is the name of the module.
        self._write("authsources", "config", {"people": {"0": "exampleauth:UserPass", **people}})

    def trust(self, service_providers: Mapping[str, Mapping[str, Any]]) -> None:
        """Entity ID -> options of SimpleSAMLphp's `saml20-sp-remote`."""
        self._write("metadata/saml20-sp-remote", "metadata", service_providers)

    def environment(self) -> dict[str, str]:
        return {**os.environ, "SIMPLESAMLPHP_CONFIG_DIR": str(self.folder)}

    def _write(self, name: str, variable: str, content: Mapping[str, Any]) -> None:
        path = self.folder / name
        path.with_suffix(".json").write_text(json.dumps(content))
        path.with_suffix(".php").write_text(READS_JSON.replace("{name}", variable).replace("{file}", path.name))

    def _identity_provider(self) -> dict[str, Any]:
        return {
            "host": "__DEFAULT__",
            "privatekey": "idp.key",
            "certificate": "idp.crt",
            "auth": "people",
            "NameIDFormat": PERSISTENT,
            "simplesaml.nameidattribute": "uid",
            "SingleLogoutServiceBinding": [REDIRECT, POST],
            "sign.logout": True,
            "validate.logout": True,
        }

    def _settings(self) -> dict[str, Any]:
        return {
            "baseurlpath": f"{self.url}/",
            "certdir": f"{self.folder}/cert/",
            "loggingdir": f"{self.folder}/log/",
            "datadir": f"{self.folder}/data/",
            "tempdir": f"{self.folder}/temp",
            "metadatadir": f"{self.folder}/metadata/",
            "metadata.sources": [{"type": "flatfile"}],
            "secretsalt": os.urandom(16).hex(),
            "auth.adminpassword": os.urandom(16).hex(),
            "technicalcontact_email": "it@acme.example",
            "timezone": "UTC",
            "enable.saml20-idp": True,
            "module.enable": {"exampleauth": True, "core": True, "saml": True},
            "session.cookie.secure": False,
            "session.phpsession.savepath": f"{self.folder}/sessions",
            "store.type": "phpsession",
            "logging.handler": "file",
            "logging.level": 7,
            "showerrors": True,
            "errorreporting": False,
            "production": True,
        }


def write_key_pair(folder: Path) -> None:
    """A signing key of this run, and its certificate: `idp.key`, `idp.crt`."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "SimpleSAMLphp of a test")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - timedelta(days=1))
    certificate = builder.not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256())
    pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "idp.key").write_bytes(key.private_bytes(*pem))
    (folder / "idp.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


@contextmanager
def running_simplesamlphp(folder: Path) -> Iterator[SimpleSamlPhp]:
    """The identity provider, answering."""
    port = servers.free_port()
    provider = SimpleSamlPhp(folder, port)
    pages = simplesamlphp_folder() / "www"
    command = ["php", "-d", "display_errors=0", "-d", "variables_order=EGPCS", "-S", f"127.0.0.1:{port}"]
    with processes.started(
        [*command, "-t", str(pages)], folder / "php.log", provider.environment(), lambda: servers.answers(port)
    ):
        yield provider
