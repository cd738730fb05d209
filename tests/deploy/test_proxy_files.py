"""The TLS proxy of compose.yaml: who is trusted, and the certificate of the first start."""

import re
import ssl
import subprocess
from pathlib import Path

import pytest
from cryptography import x509

from tools.setup import ROOT

COMPOSE = (ROOT / "compose.yaml").read_text()
MAKE = ROOT / "deploy" / "nginx" / "certificate.sh"


def make_certificate(folder: Path, base_url: str = "https://sso.example.com:8443") -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "BASE_URL": base_url, "CERTIFICATES": str(folder)}
    return subprocess.run([str(MAKE)], env=environment, capture_output=True, text=True)


def test_the_product_trusts_the_proxys_address_and_no_other() -> None:
    addresses = re.findall(r"ipv4_address: (\S+)", COMPOSE)
    assert re.findall(r"TRUSTED_PROXIES: (\S+)", COMPOSE) == addresses
    assert len(addresses) == 1


def test_only_the_proxy_can_be_reached_from_outside() -> None:
    assert re.findall(r"ports: (.+)", COMPOSE) == ['["443:443", "80:80"]']


def test_every_value_of_the_configuration_is_set_by_the_proxys_service() -> None:
    template = (ROOT / "deploy" / "nginx" / "torque-sso.conf.template").read_text()
    service = COMPOSE[COMPOSE.index("\n  proxy:") :]
    assert {name for name in re.findall(r"\$\{([A-Z_]+)\}", template) if f"      {name}: " not in service} == set()


@pytest.mark.parametrize(
    ("base_url", "name"),
    [
        ("https://sso.example.com", "sso.example.com"),
        ("https://sso.example.com:8443", "sso.example.com"),
        ("https://192.0.2.7", "192.0.2.7"),
    ],
)
def test_the_first_start_makes_a_certificate_for_the_public_host(tmp_path: Path, base_url: str, name: str) -> None:
    assert make_certificate(tmp_path, base_url).returncode == 0
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(tmp_path / "tls.crt", tmp_path / "tls.key")
    made = x509.load_pem_x509_certificate((tmp_path / "tls.crt").read_bytes())
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(one.value) for one in names] == [name]
    assert (tmp_path / "tls.key").stat().st_mode & 0o077 == 0


def test_a_certificate_that_is_there_stays(tmp_path: Path) -> None:
    for name in ("tls.crt", "tls.key"):
        (tmp_path / name).write_text("of a real authority")
    assert make_certificate(tmp_path).returncode == 0
    assert (tmp_path / "tls.crt").read_text() == "of a real authority"


def test_half_of_a_certificate_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tls.crt").write_text("of a real authority")
    refused = make_certificate(tmp_path)
    assert (refused.returncode, "one is missing" in refused.stderr) == (1, True)
    assert [path.name for path in tmp_path.iterdir()] == ["tls.crt"]
